import { type Backbone, isTunable, type TunableBackbone } from '../contract/backbone.js'
import type { ColumnKnowledge, Knowledge, KnowledgePart } from '../contract/knowledge.js'
import { lastColumns, type Matrix, type SparseMatrix, takeRows } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import type { Store } from '../contract/store.js'
import type { Target } from '../contract/target.js'
import type { Dataset } from '../data/dataset.js'
import { computeFeatures } from '../features/cached-features.js'
import { columnsAlone, knownBackbone } from '../features/known-backbone.js'
import { assessFeatures, decadeFor } from '../head/fit-head.js'
import { encodeTargets } from '../head/head.js'
import type { HeadExamples } from '../head/head-method.js'
import { stack } from '../head/held-out.js'
import { productsOf, sparseProductsOf } from '../head/products.js'

/** Weights that are tried for columns, which are scaled to the length of the network's features. */
const triedWeights = [0.6, 1]

/** Nats that what weighs 1 must gain: what is left out cannot mislead. */
const natsForWeight = 0.5

/** Choosing among what is known takes as many examples at most: more say hardly more, and take longer. */
const mostExamples = 512
/** Weights of a head, of all labels together, beyond which columns are too many: 2 MB; but so many columns there may be. */
const mostWeights = 2 ** 19
const fewestColumns = 1024
/** Of more classes as many examples of each are too many heads at once. */
const mostClasses = 128
/**
 * Heads of so many labels are solved in the span of the examples, where these are not too many for that: it has fewer unknowns than
 * there are columns.
 */
const manyLabels = 16
const mostSpanned = 1024
/** Of more examples a network is not asked for more than its features: it would run a second time for each. */
const mostWidened = 1024
/** Below as many of a class nothing is chosen by them. */
const fewestOfClass = 2

/** Examples, what a network gives for them, and how they are held out. */
export interface KnowledgeExamples<Input, Label extends Target> {
  readonly data: Dataset<Input, Label>
  /** Of the network alone, `[data.size, columns]`. */
  readonly features: Matrix
  readonly targets: Matrix
  readonly weights: Float64Array
  /** Folds of some of the examples, for their number. */
  folds(data: Dataset<Input, Label>): readonly (readonly number[])[]
  /** Inputs without labels, from which columns can learn as well. Default: none. */
  readonly unlabelled?: readonly Input[] | undefined
  /** Strength of the penalty, where it is given. */
  readonly l2?: number | undefined
  /** What labels are called. Default: what they are. */
  readonly names?: Readonly<Record<string, string>> | undefined
}

/** What held-out examples gain by, beside the network. */
export interface ChosenKnowledge<Input> {
  /** The network with the parts that count. */
  readonly backbone: Backbone<Input>
  /** The examples as it sees them; behind them those that stand for a class by its name. */
  readonly examples: Pick<HeadExamples, 'features' | 'beside' | 'targets' | 'weights' | 'products' | 'decade'>
  /** What the network alone gives for the examples, `[data.size, columns]`; more than before where it was widened. */
  readonly network: Matrix
  /** Strength of the penalty that suits a head on the network alone. */
  readonly l2Alone: number
  /** The weight of each kind of knowledge that counts, by its name; 1 of examples. */
  readonly chosen: Readonly<Record<string, number>>
}

/** One way of taking some knowledge in. */
interface Taken<Input> {
  readonly name: string
  readonly weight: number
  /** Nats that it must gain. */
  readonly cost: number
  /** Of columns. */
  readonly part?: KnowledgePart<Input>
  /** Of a network with further columns. */
  readonly wider?: TunableBackbone<Input>
  /** Of examples: one for each class that says something. */
  readonly named: readonly Named<Input>[]
}

interface Named<Input> {
  readonly input: Input
  readonly label: string
}

/**
 * Which knowledge counts, and how much: what makes held-out examples expected. One after the other in their order, each beside those
 * that were taken before. The more it weighs, and the more doubtful it is beforehand, the more it must gain. Undefined where none
 * gains.
 */
export async function chooseKnowledge<Input, Label extends Target>(
  backbone: Backbone<Input>,
  knowledge: readonly Knowledge<Input>[],
  examples: KnowledgeExamples<Input, Label>,
  options: RunOptions & { readonly cache: Store | undefined },
): Promise<ChosenKnowledge<Input> | undefined> {
  const { data: all } = examples
  const rows = knowledge.length > 0 ? someOf(all) : undefined
  if (!rows) {
    if (knowledge.length > 0) {
      const named = knowledge.map(({ name }) => name).join(', ')
      const message = `What could stand beside the network (${named}) was not tried: ${all.labels.length} classes are too many to choose it by ${mostExamples} examples.`
      options.onEvent?.({ type: 'notice', message })
    }
    return undefined
  }
  const ways = await Promise.all(knowledge.map((one) => waysOf(one, backbone, examples)))
  const trials = await trialsOf(backbone, examples, rows, ways.flat(), options)

  let taken: readonly Taken<Input>[] = []
  const alone = await trials.assess(taken)
  let best = alone
  for (const tried of ways) {
    const [before, { decade }] = [taken, best]
    for (const way of tried) {
      // A network is widened once.
      if (way.wider && before.some(({ wider }) => wider)) continue
      const next = [...before, way]
      const { surprise, ...assessed } = await trials.assess(next, decade)
      const beside = next.reduce((sum, { cost }) => sum + cost, surprise)
      if (beside < best.surprise) [taken, best] = [next, { ...assessed, surprise: beside }]
    }
  }
  if (taken.length === 0) return undefined
  const widened = taken.filter(({ wider }) => wider)
  const { l2 } = widened.length > 0 ? await trials.assess(widened, alone.decade) : alone
  const known = await withTaken(backbone, examples, trials, taken, l2, options)
  if (trials.size === all.size) return known
  return { ...known, examples: { ...known.examples, decade: decadeFor(all.size, trials.size, best.decade) } }
}

/**
 * Knowledge that was chosen before, by name and weight, fitted to these examples; undefined where none of it is here.
 * @param l2 Strength of the penalty, of the network alone as well.
 */
export async function takeKnowledge<Input, Label extends Target>(
  backbone: Backbone<Input>,
  knowledge: readonly Knowledge<Input>[],
  chosen: Readonly<Record<string, number>>,
  l2: number,
  examples: KnowledgeExamples<Input, Label>,
  options: RunOptions & { readonly cache: Store | undefined },
): Promise<ChosenKnowledge<Input> | undefined> {
  const { data } = examples
  const known = { ...examples, unlabelled: [] }
  const ways = await Promise.all(
    knowledge.map(async (one) => {
      const weight = chosen[one.name]
      return weight === undefined ? [] : waysOf(one, backbone, known, [weight])
    }),
  )
  const taken = ways.flat()
  if (taken.length === 0) return undefined
  const rows = someOf(data) ?? [...data.inputs.keys()].slice(0, mostExamples)
  return withTaken(backbone, examples, await trialsOf(backbone, examples, rows, taken, options), taken, l2, options)
}

/** The network with what was taken beside it, and the examples as it sees them. */
async function withTaken<Input, Label extends Target>(
  backbone: Backbone<Input>,
  examples: KnowledgeExamples<Input, Label>,
  trials: Awaited<ReturnType<typeof trialsOf<Input, Label>>>,
  taken: readonly Taken<Input>[],
  l2Alone: number,
  { cache, signal }: RunOptions & { readonly cache: Store | undefined },
): Promise<ChosenKnowledge<Input>> {
  const { inputs, labels, size } = examples.data
  const parts = taken.flatMap(({ part, weight }) => (part ? [{ part, weight: weight * trials.length }] : []))
  const { named, network: ofNames, masses, products } = trials.learnedFrom(taken)
  const everyone = [...inputs, ...named.map(({ input }) => input)]
  const wider = taken.find((one) => one.wider)?.wider
  const network = wider ?? backbone
  const features = wider
    ? await computeFeatures(wider, everyone, { cache, signal })
    : stack([examples.features, ofNames])
  const beside = parts.length > 0 ? columnsAlone(parts, everyone) : undefined
  const isSpanned = beside && labels.length >= manyLabels && everyone.length <= mostSpanned
  return {
    backbone: parts.length > 0 ? knownBackbone(network, parts) : network,
    network: takeRows(features, [...inputs.keys()]),
    examples: {
      features,
      beside,
      targets: stack([examples.targets, encodeTargets(labelsOf(named), labels)]),
      weights: Float64Array.from([...examples.weights, ...masses]),
      products: trials.size === size ? products : isSpanned ? await productsOfBoth(features, beside) : undefined,
    },
    l2Alone,
    chosen: Object.fromEntries(taken.map(({ name, weight }) => [name, weight])),
  }
}

/** Products of examples by all that is known of them, `[rows, rows]`. */
async function productsOfBoth(features: Matrix, beside: SparseMatrix): Promise<Float64Array> {
  const products = await productsOf(features)
  sparseProductsOf(beside).forEach((product, at) => (products[at] = (products[at] as number) + product))
  return products
}

/** The ways in which some knowledge can be taken in; none where it knows nothing of these examples. */
async function waysOf<Input>(
  knowledge: Knowledge<Input>,
  backbone: Backbone<Input>,
  { data, unlabelled = [], names = {} }: KnowledgeExamples<Input, Target>,
  weights: readonly number[] = triedWeights,
): Promise<readonly Taken<Input>[]> {
  const { name } = knowledge
  const { kind, labels, inputs } = data
  const nameOf = (label: string): string => (Object.hasOwn(names, label) ? (names[label] as string) : label)
  const doubt = (await knowledge.doubt?.(labels.map(nameOf))) ?? 0
  const way = (weight: number) => ({ name, weight, cost: doubt + weight * natsForWeight })
  if ('fit' in knowledge) {
    const most = Math.max(fewestColumns, Math.floor(mostWeights / Math.max(labels.length, 1)))
    const parts = await partsOf(knowledge, inputs, unlabelled, most)
    return parts.flatMap((part) => weights.map((weight) => ({ ...way(weight), part, named: [] })))
  }
  if ('widen' in knowledge) {
    const wider = isTunable(backbone) && inputs.length <= mostWidened ? knowledge.widen(backbone) : undefined
    return wider ? [{ ...way(1), wider, named: [] }] : []
  }
  const named = labels.flatMap((label) => {
    const input = kind === 'classification' ? knowledge.exampleOf(nameOf(label)) : undefined
    return input === undefined ? [] : [{ input, label }]
  })
  return named.length > 0 ? [{ ...way(1), named }] : []
}

/** What is fitted to the examples, and to those without labels as well where that is something else. */
async function partsOf<Input>(
  knowledge: ColumnKnowledge<Input>,
  inputs: readonly Input[],
  unlabelled: readonly Input[],
  most: number,
): Promise<KnowledgePart<Input>[]> {
  const own = await knowledge.fit(inputs, [], most)
  const wider = unlabelled.length > 0 ? await knowledge.fit(inputs, unlabelled, most) : undefined
  const isSame = JSON.stringify(own?.config) === JSON.stringify(wider?.config)
  return [own, isSame ? undefined : wider].flatMap((part) => part ?? [])
}

/** What ways of taking knowledge in are tried on: products of examples, by the columns that each way adds. */
async function trialsOf<Input, Label extends Target>(
  backbone: Backbone<Input>,
  { data: all, ...examples }: KnowledgeExamples<Input, Label>,
  rows: readonly number[],
  ways: readonly Taken<Input>[],
  { cache, signal }: RunOptions & { readonly cache: Store | undefined },
) {
  const data = rows.length === all.size ? all : all.subset(rows)
  const targets = takeRows(examples.targets, rows)
  const weights = Float64Array.from(rows, (row) => examples.weights[row] as number)
  const folds = examples.folds(data)
  // Names stand behind the examples, in the order of the ways.
  const names = ways.flatMap(({ named }) => named)
  const everyone = [...data.inputs, ...names.map(({ input }) => input)]
  const embedded = await computeFeatures(
    backbone,
    names.map(({ input }) => input),
    { cache, signal },
  )
  const network = stack([takeRows(examples.features, rows), embedded])
  const length = lengthOf(network)
  const own = await productsOf(network)
  const blocks = new Map<KnowledgePart<Input> | TunableBackbone<Input>, Float64Array>()
  for (const { part, wider } of ways) {
    if (part && !blocks.has(part))
      blocks.set(part, sparseProductsOf(columnsAlone([{ part, weight: length }], everyone)))
    if (wider) {
      const features = await computeFeatures(wider, everyone, { cache, signal })
      blocks.set(wider, await productsOf(lastColumns(features, features.columns - network.columns)))
    }
  }

  /** All that is learned from with some knowledge: names, their features and weights, and the products of all. */
  const learnedFrom = (taken: readonly Taken<Input>[]) => {
    const named = taken.flatMap((way) => way.named)
    const places = [...data.inputs.keys(), ...named.map((one) => data.size + names.indexOf(one))]
    const products = new Float64Array(places.length ** 2)
    const add = (block: Float64Array, factor: number): void => {
      let at = 0
      for (const row of places) {
        for (const other of places) {
          products[at] = (products[at] as number) + factor * (block[row * everyone.length + other] as number)
          at++
        }
      }
    }
    add(own, 1)
    for (const { part, wider, weight } of taken) {
      const block = blocks.get((part ?? wider) as KnowledgePart<Input> | TunableBackbone<Input>)
      if (block) add(block, weight ** 2)
    }
    const masses = named.map(({ label }) => weights[data.targets.indexOf(label as Label)] ?? 1)
    return { named, network: takeRows(network, places.slice(data.size)), masses, products }
  }
  return {
    /** Number of the examples. */
    size: data.size,
    length,
    learnedFrom,
    /** What held-out examples say of some knowledge, from a strength of the penalty on that suits what is alike. */
    assess(taken: readonly Taken<Input>[], from?: number) {
      const { named, masses, products } = learnedFrom(taken)
      const problem = {
        kind: data.kind,
        targets: stack([targets, encodeTargets(labelsOf(named), all.labels)]),
        // Of features only their number is asked for where products are known.
        features: { rows: data.size + named.length, columns: 0, data: new Float32Array() },
        products,
      }
      const { l2 } = examples
      return assessFeatures(problem, folds, Float64Array.from([...weights, ...masses]), { from, l2, signal })
    },
  }
}

function labelsOf(named: readonly Named<unknown>[]): string[] {
  return named.map(({ label }) => label)
}

/** Root of the mean square of rows' lengths. */
function lengthOf({ rows, data }: Matrix): number {
  let squares = 0
  for (const value of data) squares += value * value
  return Math.sqrt(squares / Math.max(rows, 1)) || 1
}

/**
 * Numbers of the examples that are chosen by: all, a stratified share, or, where some classes would have too few in it, as many of
 * each. Undefined where there are too many classes for that.
 */
function someOf(data: Dataset<unknown, Target>): readonly number[] | undefined {
  if (data.size <= mostExamples) return [...data.inputs.keys()]
  const [rows = []] = data.folds(Math.ceil(data.size / mostExamples))
  if (data.kind !== 'classification') return rows
  const counts = [...data.subset(rows).classCounts().values()]
  if (counts.length === data.labels.length && Math.min(...counts) >= fewestOfClass) return rows
  if (data.labels.length > mostClasses) return undefined
  const each = Math.floor(mostExamples / data.labels.length)
  const taken = new Map<Target, number>()
  return [...data.inputs.keys()].filter((row) => {
    const label = data.targets[row] as Target
    const before = taken.get(label) ?? 0
    taken.set(label, before + 1)
    return before < each
  })
}
