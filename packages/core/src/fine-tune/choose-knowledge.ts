import type { Backbone } from '../contract/backbone.js'
import type { Knowledge, KnowledgePart, WeightedPart } from '../contract/knowledge.js'
import { type Matrix, takeRows } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import type { Store } from '../contract/store.js'
import type { Target } from '../contract/target.js'
import type { Dataset } from '../data/dataset.js'
import { computeFeatures } from '../features/cached-features.js'
import { knownBackbone, withColumns } from '../features/known-backbone.js'
import { type Assessment, assessFeatures } from '../head/fit-head.js'
import { encodeTargets } from '../head/head.js'
import type { HeadExamples } from '../head/head-method.js'
import { stack } from '../head/held-out.js'
import { productsOf, sparseProductsOf } from '../head/products.js'

/** Weights that are tried for columns, which are about as long as the network's features are. */
const triedWeights = [0.6, 1]

/** Choosing among what is known takes as many examples at most: more say hardly more, and take longer. */
const mostExamples = 512
/** Below as many of a class nothing is chosen by them. */
const fewestOfClass = 2

/** Examples, what a network gives for them, and how they are held out. */
export interface KnowledgeExamples<Input, Label extends Target> {
  readonly data: Dataset<Input, Label>
  /** Of the network alone, `[data.size, featureSize]`. */
  readonly features: Matrix
  readonly targets: Matrix
  readonly weights: Float64Array
  /** Folds of some of the examples, for their number. */
  folds(data: Dataset<Input, Label>): readonly (readonly number[])[]
}

/** What held-out examples gain by, beside the network. */
export interface ChosenKnowledge<Input> {
  /** The network with the parts that count. */
  readonly backbone: Backbone<Input>
  /** The examples as it sees them; behind them those that stand for a class by its name. */
  readonly examples: Pick<HeadExamples, 'features' | 'targets' | 'weights' | 'products'>
  /** The weight of each kind of knowledge that counts, by its name; 1 of examples. */
  readonly chosen: Readonly<Record<string, number>>
}

/**
 * Which knowledge counts, and how much: what makes held-out examples expected. One after the other in their order, each beside those
 * that were taken before. The more it weighs the more it must gain: a nat for a weight of 1. Undefined where none gains.
 */
export async function chooseKnowledge<Input, Label extends Target>(
  backbone: Backbone<Input>,
  knowledge: readonly Knowledge<Input>[],
  examples: KnowledgeExamples<Input, Label>,
  { cache, signal }: RunOptions & { readonly cache: Store | undefined },
): Promise<ChosenKnowledge<Input> | undefined> {
  if (knowledge.length === 0) return undefined
  const { data: all } = examples
  const rows = someOf(all)
  if (!rows) return undefined
  const data = rows.length === all.size ? all : all.subset(rows)
  const targets = takeRows(examples.targets, rows)
  const weights = Float64Array.from(rows, (row) => examples.weights[row] as number)
  const folds = examples.folds(data)

  const columns = await Promise.all(
    knowledge.map(async (one): Promise<KnowledgePart<Input> | undefined> =>
      'fit' in one ? one.fit(all.inputs) : undefined,
    ),
  )
  const named = new Map<Knowledge<Input>, readonly { readonly input: Input; readonly label: string }[]>(
    knowledge.flatMap((one) => {
      if (!('exampleOf' in one) || all.kind !== 'classification') return []
      const own = all.labels.flatMap((label) => {
        const input = one.exampleOf(label)
        return input === undefined ? [] : [{ input, label: label as string }]
      })
      return own.length > 0 ? [[one, own] as const] : []
    }),
  )

  /** Products of all examples, then of all names, by each block of columns. */
  const everyone = [...data.inputs, ...[...named.values()].flat().map(({ input }) => input)]
  const embedded = await computeFeatures(backbone, everyone.slice(data.size), { cache, signal })
  const network = stack([takeRows(examples.features, rows), embedded])
  const length = lengthOf(network)
  const own = await productsOf(network)
  const blocks = columns.map((part) => {
    if (!part) return undefined
    const none: Matrix = { rows: everyone.length, columns: 0, data: new Float32Array() }
    return sparseProductsOf(withColumns(none, [{ part, weight: length }], everyone))
  })

  const places = new Map<Knowledge<Input>, number>()
  let place = data.size
  for (const [one, own] of named) {
    places.set(one, place)
    place += own.length
  }
  const learnedFrom = (choice: ReadonlyMap<Knowledge<Input>, number>) => {
    const namesOf = [...named].filter(([one]) => choice.has(one))
    const taken = [
      ...data.inputs.keys(),
      ...namesOf.flatMap(([one, own]) => own.map((_, index) => (places.get(one) as number) + index)),
    ]
    const labels = namesOf.flatMap(([, own]) => own.map(({ label }) => label))
    const products = new Float64Array(taken.length ** 2)
    const add = (block: Float64Array, factor: number): void => {
      let at = 0
      for (const row of taken)
        for (const other of taken) {
          products[at] = (products[at] as number) + factor * (block[row * everyone.length + other] as number)
          at++
        }
    }
    add(own, 1)
    for (const [index, block] of blocks.entries()) {
      const weight = choice.get(knowledge[index] as Knowledge<Input>)
      if (block && weight !== undefined) add(block, weight ** 2)
    }
    const masses = Float64Array.from([...weights, ...labels.map((label) => massOf(data, weights, label))])
    return { taken, labels, products, masses }
  }
  const costOf = (choice: ReadonlyMap<Knowledge<Input>, number>): number =>
    [...choice].reduce((sum, [one, weight]) => sum + (named.has(one) ? 0 : weight), 0)
  const assess = async (choice: ReadonlyMap<Knowledge<Input>, number>, from?: number): Promise<Assessment> => {
    const { taken, labels, products, masses } = learnedFrom(choice)
    const truth = stack([targets, encodeTargets(labels, all.labels)])
    // Of features only their number is asked for where products are known.
    const features: Matrix = { rows: taken.length, columns: 0, data: new Float32Array() }
    const problem = { kind: data.kind, features, targets: truth, products }
    return assessFeatures(problem, folds, masses, { signal, ...(from !== undefined && { from }) })
  }

  let choice: ReadonlyMap<Knowledge<Input>, number> = new Map()
  let { surprise: least, decade } = await assess(choice)
  for (const [index, one] of knowledge.entries()) {
    const [before, from] = [choice, decade]
    for (const weight of columns[index] ? triedWeights : named.has(one) ? [1] : []) {
      const next = new Map(before).set(one, weight)
      const assessed = await assess(next, from)
      const surprise = assessed.surprise + costOf(next)
      if (surprise >= least) continue
      choice = next
      least = surprise
      decade = assessed.decade
    }
  }
  if (choice.size === 0) return undefined
  const parts = knowledge.flatMap((one, index): WeightedPart<Input>[] => {
    const [part, weight] = [columns[index], choice.get(one)]
    return part && weight !== undefined ? [{ part, weight: weight * length }] : []
  })
  const { labels, taken, products, masses } = learnedFrom(choice)
  const names = taken.slice(data.size)
  const features = stack([
    withColumns(examples.features, parts, all.inputs),
    withColumns(
      takeRows(network, names),
      parts,
      names.map((row) => everyone[row] as Input),
    ),
  ])
  return {
    backbone: parts.length > 0 ? knownBackbone(backbone, parts) : backbone,
    examples: {
      features,
      targets: stack([examples.targets, encodeTargets(labels, all.labels)]),
      weights: Float64Array.from([...examples.weights, ...masses.subarray(data.size)]),
      products: data === all ? products : undefined,
    },
    chosen: Object.fromEntries([...choice].map(([{ name }, weight]) => [name, weight])),
  }
}

/** Weight in the loss of an example of a class: that of its others. */
function massOf(data: Dataset<unknown, Target>, weights: Float64Array, label: string): number {
  const row = data.targets.indexOf(label)
  return row < 0 ? 1 : (weights[row] as number)
}

/** Root of the mean square of rows' lengths. */
function lengthOf({ rows, data }: Matrix): number {
  let squares = 0
  for (const value of data) squares += value * value
  return Math.sqrt(squares / Math.max(rows, 1)) || 1
}

/** Numbers of the examples that are chosen by: all, or a stratified share. Undefined where a class would have too few. */
function someOf(data: Dataset<unknown, Target>): readonly number[] | undefined {
  if (data.size <= mostExamples) return [...data.inputs.keys()]
  const [rows] = data.folds(Math.ceil(data.size / mostExamples))
  if (!rows || data.kind !== 'classification') return rows
  const counts = [...data.subset(rows).classCounts().values()]
  return counts.length === data.labels.length && Math.min(...counts) >= fewestOfClass ? rows : undefined
}
