import type { Backbone } from './backbone.js'
import { type CacheOption, computeFeatures, resolveCache } from './cached-features.js'
import type { Dataset } from './dataset.js'
import { assertConsistent, checkDataset, describeCheck } from './dataset-check.js'
import { DataError, OptionError } from './errors.js'
import { fitHead } from './fit-head.js'
import { encodeTargets, linearHead } from './head.js'
import { Model, type Recipe } from './model.js'
import type { RunOptions } from './progress.js'
import { report, summarise } from './report.js'
import type { Target } from './target.js'

/** Options of `fineTune`. */
export interface FineTuneOptions extends RunOptions {
  /** Strength of the L2 penalty on the head's weights (> 0). Default: chosen by cross-validation. */
  readonly l2?: number
  /** Folds of that cross-validation. Default 5, or fewer where the smallest class has fewer examples. */
  readonly folds?: number
  /** Weight of each class in the loss; 'balanced': inversely to its frequency. Default 'none': all examples alike. */
  readonly classWeight?: Recipe['classWeight']
  /** Decides the folds. Default 0. */
  readonly seed?: number
  /** Feature cache; default: the one on disk. `false` switches it off. */
  readonly cache?: CacheOption
}

/**
 * Trains a head on a frozen backbone: features once (and only once: they are cached on disk), then a linear head
 * solved to its optimum. The same data, options and seed give the same model, bit for bit, on the same machine.
 *
 * @throws DataError when the data cannot be learned from: one class only, too few examples, contradicting labels.
 * @throws OptionError for an option outside its range.
 */
export async function fineTune<Input, Label extends Target>(
  backbone: Backbone<Input>,
  train: Dataset<Input, Label>,
  options: FineTuneOptions = {},
): Promise<Model<Input, Label>> {
  const { seed = 0, classWeight = 'none' } = options
  if (options.l2 !== undefined && !(options.l2 > 0 && Number.isFinite(options.l2))) {
    throw new OptionError('option "l2"', 'a number above 0', String(options.l2), 'Leave it out to have it chosen.')
  }
  if (train.task !== 'regression' && train.labels.length < 2) {
    throw new DataError(
      `data set "${train.name}"`,
      'examples of at least two classes',
      `${train.size} examples, all labelled "${train.labels[0]}"`,
      'Add examples of another class.',
    )
  }
  const check = checkDataset(train, { contentKey: (input) => backbone.contentKey(input) })
  assertConsistent(check, train)
  for (const message of describeCheck(check)) options.onEvent?.({ type: 'notice', message })

  const folds = options.l2 === undefined ? foldCount(train, options.folds) : 0
  const cache = await resolveCache(options)
  const features = await computeFeatures(backbone, train.inputs, { ...options, cache })
  const targets = encodeTargets(train.targets, train.labels)
  const head = await fitHead(
    { task: train.task, features, targets },
    {
      ...options,
      regularisation: options.l2 === undefined ? { folds: repeatedFolds(train, folds, seed) } : { l2: options.l2 },
      exampleWeights: exampleWeights(train, classWeight),
    },
  )
  const training = summarise(train)
  return new Model({
    backbone,
    head: linearHead(train.task, train.labels, head),
    recipe: { strategy: 'head', seed, l2: head.l2, folds, classWeight },
    training,
    validation: head.heldOut && report(train.task, train.labels, targets, head.heldOut, training),
  })
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
  const weightOf = (label: string): number => {
    if (classWeight === 'balanced') return train.size / (counts.size * (counts.get(label) as number))
    const weight = classWeight[label] ?? 1
    if (weight > 0 && Number.isFinite(weight)) return weight
    throw new OptionError(`class weight of "${label}"`, 'a number above 0', String(weight), 'Correct it.')
  }
  return Float64Array.from(train.targets, (label) => weightOf(label as string))
}
