import type { Backbone } from './backbone.js'
import { type CacheOption, resolveCache } from './cached-features.js'
import type { Dataset } from './dataset.js'
import { assertConsistent, checkDataset, describeCheck } from './dataset-check.js'
import { DataError, OptionError } from './errors.js'
import { fitHead } from './fit-head.js'
import { encodeTargets, linearHead } from './head.js'
import { Model, type Recipe } from './model.js'
import type { RunOptions } from './progress.js'
import { readableFeatures } from './readable-features.js'
import { report, summarise } from './report.js'
import type { Target } from './target.js'

/** Options of `fineTune`. */
export interface FineTuneOptions extends RunOptions {
  /** Strength of the L2 penalty on the head's weights (> 0). Default: chosen by cross-validation. */
  readonly l2?: number
  /** Folds of that cross-validation. Default 5, or fewer where the smallest class has fewer examples. */
  readonly folds?: number
  /**
   * Weight of each class in the loss, 1 where it is left out; 'balanced': inversely to its frequency. Default 'none':
   * all examples alike.
   */
  readonly classWeight?: Recipe['classWeight']
  /** Decides the folds. Default 0. */
  readonly seed?: number
  /** Feature cache; default: the one on disk. `false` switches it off. */
  readonly cache?: CacheOption
}

/**
 * Trains a head on a frozen backbone: features once (and only once: they are cached on disk), then a linear head
 * solved to its optimum. The same data, options and seed give the same model, bit for bit, on the same machine.
 * Inputs that cannot be read are left out, and said.
 *
 * @throws DataError when the data cannot be learned from: one class only, too few examples, contradicting labels.
 * @throws OptionError for an option outside its range.
 */
export async function fineTune<Input, Label extends Target>(
  backbone: Backbone<Input>,
  train: Dataset<Input, Label>,
  options: FineTuneOptions = {},
): Promise<Model<Input, Label>> {
  if (options.l2 !== undefined && !(options.l2 > 0 && Number.isFinite(options.l2))) {
    throw new OptionError('option "l2"', 'a number above 0', String(options.l2), 'Leave it out to have it chosen.')
  }
  assertLabels(train)
  const check = await checkDataset(train, { contentKey: (input) => backbone.contentKey(input) })
  assertConsistent(check, train)
  for (const message of describeCheck(check)) options.onEvent?.({ type: 'notice', message })
  return trainHead(backbone, train, options)
}

/** `fineTune` of examples that were drawn from a data set which was checked as a whole. */
export async function trainHead<Input, Label extends Target>(
  backbone: Backbone<Input>,
  examples: Dataset<Input, Label>,
  options: FineTuneOptions,
): Promise<Model<Input, Label>> {
  const { seed = 0, classWeight = 'none' } = options
  const cache = await resolveCache(options)
  // What cannot be trained is refused before the features, which may take long, and after inputs were left out.
  plan(examples, options)
  const { data: train, features } = await readableFeatures(backbone, examples, { ...options, cache })
  const { folds, weights } = plan(train, options)
  const targets = encodeTargets(train.targets, train.labels)
  const head = await fitHead(
    { task: train.task, features, targets },
    {
      ...options,
      regularisation: options.l2 === undefined ? { folds: repeatedFolds(train, folds, seed) } : { l2: options.l2 },
      exampleWeights: weights,
    },
  )
  const training = summarise(train)
  const { heldOut } = head
  return new Model({
    backbone,
    head: linearHead(train.task, train.labels, head),
    recipe: { strategy: 'head', seed, l2: head.l2, folds, classWeight },
    training,
    validation: () => heldOut && report(train.task, train.labels, targets, heldOut, training),
  })
}

/** Folds of the cross-validation, 0 where there is none, and the weight of each example. */
function plan(train: Dataset<unknown, Target>, { l2, folds, classWeight = 'none' }: FineTuneOptions) {
  assertLabels(train)
  return { folds: l2 === undefined ? foldCount(train, folds) : 0, weights: exampleWeights(train, classWeight) }
}

/** Refuses data with nothing to tell apart: a single class, or no label at all. */
function assertLabels({ name, task, labels, size }: Dataset<unknown, Target>): void {
  const who = `data set "${name}"`
  if (task === 'classification' && labels.length < 2) {
    const got = `${size} examples, all labelled "${labels[0]}"`
    throw new DataError(who, 'examples of at least two classes', got, 'Add examples of another class.')
  }
  if (task === 'multi-label' && labels.length === 0) {
    throw new DataError(who, 'examples with at least one label', `${size} examples without`, 'Add labels.')
  }
}

/** As many folds as asked for or 5, but not more than the smallest class has examples. */
function foldCount(train: Dataset<unknown, Target>, asked: number | undefined): number {
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 2)) {
    throw new OptionError('option "folds"', 'a whole number from 2 on', String(asked), 'Leave it out for 5.')
  }
  const [smallest, count] = smallestClass(train)
  const fewest = asked ?? 2
  if (count < fewest) {
    throw new DataError(
      `data set "${train.name}"`,
      `at least ${fewest} examples ${smallest}, to choose the regularisation by cross-validation with ${fewest} folds`,
      String(count),
      asked === undefined || asked === 2
        ? 'Add examples, or give the strength of the regularisation (l2), such as 0.01.'
        : 'Ask for fewer folds, add examples, or give the strength of the regularisation (l2).',
    )
  }
  return asked ?? Math.min(5, count)
}

/** With few examples one partition says little: it is repeated until some 200 examples were held out. */
function repeatedFolds(train: Dataset<unknown, Target>, folds: number, seed: number): number[][] {
  const repeats = Math.min(10, Math.ceil(200 / train.size))
  return Array.from({ length: repeats }, (_, repeat) => train.folds(folds, seed + repeat)).flat()
}

function smallestClass(train: Dataset<unknown, Target>): [string, number] {
  if (train.task !== 'classification') return ['in all', train.size]
  const [label, count] = [...train.classCounts()].reduce((least, entry) => (entry[1] < least[1] ? entry : least))
  return [`of class "${label}"`, count]
}

function exampleWeights(
  train: Dataset<unknown, Target>,
  classWeight: Recipe['classWeight'],
): Float64Array | undefined {
  if (classWeight === 'none') return undefined
  if (train.task !== 'classification') {
    throw new OptionError('option "classWeight"', 'a task with one class per example', train.task, 'Leave it out.')
  }
  const counts = train.classCounts()
  const weights = new Map(classWeight === 'balanced' ? balanced(counts, train.size) : Object.entries(classWeight))
  for (const [label, weight] of weights) {
    if (!counts.has(label)) {
      const expected = `classes of the data set (${[...counts.keys()].map((name) => `"${name}"`).join(', ')})`
      throw new OptionError('option "classWeight"', expected, `"${label}"`, 'Correct the name.')
    }
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new OptionError(`class weight of "${label}"`, 'a number above 0', String(weight), 'Correct it.')
    }
  }
  return Float64Array.from(train.targets, (label) => weights.get(label as string) ?? 1)
}

function balanced(counts: ReadonlyMap<string, number>, size: number): [label: string, weight: number][] {
  return [...counts].map(([label, count]) => [label, size / (counts.size * count)])
}
