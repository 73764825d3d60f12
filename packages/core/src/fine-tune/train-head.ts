import { counted } from '../kit/counted.js'
import type { Backbone } from '../contract/backbone.js'
import { assertAnswers, assertTargets, mostAsked } from './assert-answers.js'
import { type Knowledge, knowledgeOf, networkOf } from '../contract/knowledge.js'
import { chooseKnowledge, type ChosenKnowledge } from './choose-knowledge.js'
import { resolveCache } from '../features/cached-features.js'
import type { Dataset } from '../data/dataset.js'
import { DataError, OptionError } from '../contract/errors.js'
import type { HeadOptions, Unlabelled } from './fine-tune-options.js'
import { encodeTargets, type Head } from '../head/head.js'
import type { HeadMethod, LearnedHead, LearnHeadOptions } from '../head/head-method.js'
import { headMethod } from '../head/head-methods.js'
import { lossesOf } from '../head/held-out-loss.js'
import { weightedMean } from '../head/inverse-temperature.js'
import { keptExamples } from '../model/kept-examples.js'
import { type Matrix, sideBySide, takeRows } from '../contract/matrix.js'
import { Model } from '../model/model.js'
import type { Learned } from '../model/teacher.js'
import { inputKeys, markTrainedOn, type TrainedOn } from '../trust/trained-on.js'
import { trustOf } from '../trust/trust.js'
import type { Recipe } from '../model/recipe.js'
import type { Store } from '../contract/store.js'
import { allAlike, describeAlike } from '../features/alike.js'
import { readableFeatures } from '../features/readable-features.js'
import { report, summarize } from '../evaluate/report.js'
import type { Target } from '../contract/target.js'

/** A head that was learned on the features of a frozen backbone, and what from. */
export interface SolvedHead<Input, Label extends Target> extends LearnedHead {
  /** The backbone, or it with what it knows beside its network. */
  readonly backbone: Backbone<Input>
  /** The examples whose inputs can be read. */
  readonly data: Dataset<Input, Label>
  /** Of the network alone, `[data.size, columns]`. */
  readonly features: Matrix
  /** Some of them as the head sees them. */
  readonly seen: Matrix
  /** The head of the network alone, where something stands beside it. */
  readonly alone?: Head
  /** `[data.size, outputs]`. */
  readonly targets: Matrix
  /** Weight of each example in the loss, `[data.size]`. */
  readonly weights: Float64Array
  /** Folds of the cross-validation, 0 where there was none. */
  readonly folds: number
}

/** Trains a head on a frozen backbone. */
export async function trainHead<Input, Label extends Target>(
  backbone: Backbone<Input>,
  examples: Dataset<Input, Label>,
  options: HeadOptions & Unlabelled<Input>,
): Promise<Model<Input, Label>> {
  const solved = await solveHead(backbone, examples, options)
  return headModel(solved.backbone, solved, options)
}

/** Learns a head on the features of a backbone. Inputs that cannot be read are left out, and said. */
export async function solveHead<Input, Label extends Target>(
  backbone: Backbone<Input>,
  examples: Dataset<Input, Label>,
  options: HeadOptions & Unlabelled<Input>,
): Promise<SolvedHead<Input, Label>> {
  const { head = 'linear' } = options
  const method = headMethod(head, examples.kind)
  const cache = await resolveCache(options)
  // What cannot be trained is refused before the features, which may take long.
  const planned = plan(examples, method, options)
  const { data, features } = await readableFeatures(backbone, examples, { ...options, cache })
  if (data !== examples) assertLabels(data)
  if (allAlike(features))
    options.onEvent?.({ type: 'notice', message: describeAlike(data.name, backbone.id, features) })
  const own = data === examples ? planned : plan(data, method, options)
  return solveOn(backbone, offeredTo(backbone, data, options), data, features, { ...options, cache }, own)
}

/**
 * What could stand beside the network for these examples: nothing of what cannot be kept with them, where they are to be kept, and more
 * of the network itself for linear heads alone.
 */
export function offeredTo<Input>(
  backbone: Backbone<Input>,
  { inputs }: Dataset<Input, Target>,
  { knowledge = 'chosen', keep = false, head = 'linear' }: HeadOptions,
): readonly Knowledge<Input>[] {
  if (knowledge === 'none' || (keep && inputs.some((input) => typeof input !== 'string'))) return []
  return knowledgeOf(backbone).filter((one) => !('widen' in one) || (!keep && head === 'linear'))
}

/** Products of examples and columns above which the nearest examples are looked for in the network's features alone: 64 MB. */
const mostHeld = 2 ** 24

/**
 * Learns a head on features of a network that are at hand, `[data.size, columns]`, and what held-out examples gain by beside it: by
 * the linear heads of a cross-validation. Another head takes it where its own held-out examples gain as well.
 */
export async function solveOn<Input, Label extends Target>(
  backbone: Backbone<Input>,
  knowledge: readonly Knowledge<Input>[],
  data: Dataset<Input, Label>,
  features: Matrix,
  options: HeadOptions & Unlabelled<Input> & { readonly cache: Store | undefined },
  planned?: ReturnType<typeof plan>,
): Promise<SolvedHead<Input, Label>> {
  const { head = 'linear', l2, unlabelled, names } = options
  const method = headMethod(head, data.kind)
  const own = planned ?? plan(data, method, options)
  const learn = async (known?: ChosenKnowledge<Input>, alone?: Head) => ({
    ...(await learnHead(data, features, options, own, known, alone)),
    backbone: known?.backbone ?? backbone,
  })
  const canChoose = own.folds > 0 || usualFolds(data) > 1
  const examples = { data, features, ...encoded(data), ...own, unlabelled, l2, names }
  const folds = (some: Dataset<Input, Label>) => foldsOf(some, method, options)
  const known = canChoose ? await chooseKnowledge(backbone, knowledge, { ...examples, folds }, options) : undefined
  if (!known || head === 'linear') return learn(known)
  const plain = await learn()
  const { features: network, beside: columns } = known.examples
  const seen = columns ? sideBySide(network, columns) : network
  if (head === 'nearest' && seen.rows * seen.columns > mostHeld) {
    const names = Object.keys(known.chosen).join(', ')
    const message = `${names} would stand beside the network, but not for the nearest of ${data.size} examples, which the model holds.`
    options.onEvent?.({ type: 'notice', message })
    return plain
  }
  const together = { ...known, examples: { ...known.examples, features: seen, beside: undefined } }
  const beside = await learn(together, plain.head)
  return lossOf(beside) < lossOf(plain) ? beside : plain
}

/** Mean loss of the examples as heads answered that did not see them. */
function lossOf({ data, targets, heldOut, weights }: Omit<SolvedHead<unknown, Target>, 'backbone'>): number {
  return heldOut ? weightedMean(lossesOf(data.kind, targets, heldOut), [...weights]) : 0
}

/**
 * Learns a head on features that are at hand, `[data.size, columns]`.
 * @param planned Folds and weights of these examples, where they are known.
 * @param known What stands beside the network.
 * @param alone The head of the network alone then. Default: one is learned.
 */
export async function learnHead<Input, Label extends Target>(
  data: Dataset<Input, Label>,
  features: Matrix,
  options: HeadOptions & Pick<LearnHeadOptions, 'inverseTemperature'>,
  planned?: ReturnType<typeof plan>,
  known?: ChosenKnowledge<Input>,
  alone?: Head,
): Promise<Omit<SolvedHead<Input, Label>, 'backbone'>> {
  const { l2, head = 'linear' } = options
  assertLabels(data)
  const method = headMethod(head, data.kind)
  const { folds, weights } = planned ?? plan(data, method, options)
  const { kind, labels } = data
  const { targets } = encoded(data)
  const heldOut = folds === 0 ? [] : foldsOf(data, method, options)
  const examples = known?.examples ?? { features, targets, weights }
  const { beside } = known?.examples ?? {}
  const learned = await method.learn({ kind, labels, ...examples, folds: heldOut }, { ...options, l2 })
  const learnAlone = async (penalty: number): Promise<Head> => {
    const problem = { kind, labels, features: known?.network ?? features, targets, weights, folds: [] }
    return (await method.learn(problem, { signal: options.signal, l2: penalty })).head
  }
  return {
    ...learned,
    ...(known && { alone: alone ?? (await learnAlone(known.l2Alone)) }),
    data,
    features,
    targets,
    weights,
    folds,
    seen: beside ? sideBySide(examples.features, beside, mostAsked) : examples.features,
    ...(known && {
      heldOut: learned.heldOut && takeRows(learned.heldOut, [...data.inputs.keys()]),
      chosen: { ...learned.chosen, knowledge: known.chosen },
    }),
  }
}

/** Targets of a data set as a head learns them. */
export function encoded({ targets, labels }: Dataset<unknown, Target>): { readonly targets: Matrix } {
  return { targets: encodeTargets(targets, labels) }
}

/** Rows that are held out, one fold after another. */
function foldsOf(data: Dataset<unknown, Target>, method: HeadMethod, { folds, seed = 0 }: HeadOptions): number[][] {
  return repeatedFolds(data, foldCount(data, method, folds), seed)
}

/** The model of a backbone and a head that was learned on its features. */
export async function headModel<Input, Label extends Target>(
  backbone: Backbone<Input>,
  solved: SolvedHead<Input, Label>,
  options: HeadOptions,
): Promise<Model<Input, Label>> {
  const { features, data, alone } = solved
  const { recipe, ...parts } = await headParts(solved, options)
  const offered = options.keep ? offeredTo(networkOf(backbone), data, options).map(({ name }) => name) : []
  return new Model({
    ...parts,
    recipe: { ...recipe, ...(offered.length > 0 && { offered }) },
    backbone,
    alone,
    kept: options.keep ? await keptExamples(backbone, features, data.examples) : undefined,
    trainedOn: marksOf(backbone, data),
    columns: data.columns,
  })
}

/** Marks of what a model was trained on, made when they are needed. */
export function marksOf<Input>(
  backbone: Pick<Backbone<Input>, 'contentKey'>,
  { inputs }: Dataset<Input, Target>,
): () => Promise<TrainedOn> {
  return async () => markTrainedOn(await inputKeys((input: Input) => backbone.contentKey(input), inputs))
}

/** The parts of a model that come of a head which was learned. */
export async function headParts(
  { data, features, seen, targets, head, heldOut, l2, folds, chosen }: Omit<SolvedHead<unknown, Target>, 'backbone'>,
  { seed = 0, classWeight = 'none', head: name = 'linear', strength, names }: HeadOptions,
): Promise<Omit<Learned<never>, 'kept' | 'backbone' | 'alone'>> {
  await assertAnswers(data.name, head, seen)
  const training = summarize(data)
  return {
    head,
    recipe: {
      strategy: 'head',
      head: name,
      seed,
      l2,
      folds,
      classWeight,
      ...(strength === 'calibrated' && { strength }),
      ...(names && Object.keys(names).length > 0 && { names }),
      ...chosen,
    },
    training,
    trust: await trustOf({ ...data, features, heldOut: heldOut && { targets, results: heldOut } }),
    validation: () => heldOut && report(data.kind, data.labels, targets, heldOut, training),
  }
}

/** Folds of the cross-validation, 0 where there is none, and the weight of each example. */
export function plan(
  train: Dataset<unknown, Target>,
  method: HeadMethod,
  { l2, folds, classWeight = 'none' }: HeadOptions,
) {
  return { folds: l2 === undefined ? foldCount(train, method, folds) : 0, weights: exampleWeights(train, classWeight) }
}

/** Refuses data with nothing to tell apart: a single class, or no label at all. */
export function assertLabels({ name, kind, labels, size, targets }: Dataset<unknown, Target>): void {
  assertTargets(name, targets)
  const who = `data set "${name}"`
  if (kind === 'classification' && labels.length < 2) {
    const got = `${counted(size, 'example')}, all labeled "${labels[0]}"`
    throw new DataError(who, 'examples of at least two classes', got, 'Add examples of another class.')
  }
  if (kind === 'multi-label' && labels.length === 0) {
    throw new DataError(who, 'examples with at least one label', `${counted(size, 'example')} without`, 'Add labels.')
  }
}

/** As many folds as there are unless others are asked for. */
export function usualFolds(train: Dataset<unknown, Target>): number {
  return Math.min(5, smallestClass(train)[1])
}

/** As many folds as asked for or 5, but not more than the smallest class has examples. */
function foldCount(train: Dataset<unknown, Target>, method: HeadMethod, asked: number | undefined): number {
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 2)) {
    throw new OptionError('option "folds"', 'a whole number from 2 on', String(asked), 'Leave it out for 5.')
  }
  const [smallest, count] = smallestClass(train)
  const fewest = asked ?? 2
  if (count < fewest) {
    const isFewest = asked === undefined || asked === 2
    const penalized = isFewest
      ? 'Add examples, or give the strength of the regularization (l2), such as 0.01.'
      : 'Ask for fewer folds, add examples, or give the strength of the regularization (l2).'
    const other = isFewest ? 'Add examples.' : 'Ask for fewer folds, or add examples.'
    const remedy = method.takes.includes('l2') ? penalized : other
    throw new DataError(
      `data set "${train.name}"`,
      `at least ${fewest} examples ${smallest}, to choose ${method.chooses} by cross-validation with ${fewest} folds`,
      String(count),
      remedy,
    )
  }
  return asked ?? usualFolds(train)
}

/** Rows held out in each fold. With few examples one partition says little: it is repeated until some 200 examples were held out. */
export function repeatedFolds(train: Dataset<unknown, Target>, folds: number, seed: number): number[][] {
  const repeats = Math.min(10, Math.ceil(200 / train.size))
  return Array.from({ length: repeats }, (_, repeat) => train.folds(folds, seed + repeat)).flat()
}

function smallestClass(train: Dataset<unknown, Target>): [string, number] {
  // Those of one group share a fold.
  const single = train.representatives()
  if (train.kind !== 'classification') return ['in all', single.size]
  const [label, count] = [...single.classCounts()].reduce((least, entry) => (entry[1] < least[1] ? entry : least))
  return [`of class "${label}"`, count]
}

function exampleWeights(train: Dataset<unknown, Target>, classWeight: Recipe['classWeight']): Float64Array {
  if (classWeight === 'none') return new Float64Array(train.size).fill(1)
  if (train.kind !== 'classification') {
    throw new OptionError('option "classWeight"', 'a task with one class per example', train.kind, 'Leave it out.')
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
