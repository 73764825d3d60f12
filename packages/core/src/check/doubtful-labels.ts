import type { Matrix } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import type { Dataset } from '../data/dataset.js'
import { repeatedFolds } from '../fine-tune/train-head.js'
import { encodeTargets } from '../head/head.js'
import { linearMethod } from '../head/linear-method.js'
import type { Nearest } from './nearest.js'

/** How well the label of each example fits. */
export interface LabelDoubts {
  /** From 0, a label that looks wrong, to 1, `[n]`. */
  readonly fit: Float64Array
  /** The class that fits best, `[n]`. */
  readonly likeliest: readonly string[]
}

/**
 * Labels that fit less look wrong: chosen on the training halves of seven text sets, at 16 and 48 examples of each class, so that of clean labels
 * 0 to 1.2 % do (in ten other draws of trec6 1.9 %). Of labels that were flipped, 40 to 56 % do among kinds of questions and nearly all among intents.
 */
export const doubtful = 0.012

/** Share of the neighbors' say in how well a label fits, and how many of them are asked. */
const neighborShare = 0.1
const neighborCount = 10

/** The least weight of an example whose label is doubted. */
const leastWeight = 0.02

/** Most probabilities, examples times classes, that are computed; of more classes the neighbors alone are asked. */
const mostProbabilities = 4e6

/**
 * How well labels fit, by two things: the probability of the given label under a head that did not see the example (confident
 * learning: Northcutt, Jiang and Chuang, "Confident Learning", 2021), and the share of the nearest examples that have the same label.
 * Heads learn twice, the second time with examples weighted by how much the first believed them, so that wrong labels mislead them
 * less: the area under the ROC curve for labels of which 10 % were flipped rose from 0.960 to 0.967 (trec6, 48 per class), and half and
 * half with five neighbors it is 0.953.
 * @param data One class each; copies of one content in one group, so that none is held out while another is seen.
 * @param features `[n, featureSize]`
 */
export async function labelDoubts(
  data: Dataset<unknown, string>,
  features: Matrix,
  nearest: Nearest,
  { seed = 0, ...options }: RunOptions & { readonly seed?: number | undefined },
): Promise<LabelDoubts> {
  const { labels, size } = data
  const numbers = new Map(labels.map((label, number) => [label, number]))
  const given = Int32Array.from(data.targets, (label) => numbers.get(label) as number)
  const equal = new Float64Array(size).fill(1)
  const smallest = Math.min(...data.representatives().classCounts().values())
  if (smallest < 2 || size * labels.length > mostProbabilities) {
    return doubtsOf(labels, given, (row) => sharesIn(given, nearest, equal, row))
  }
  const targets = encodeTargets(data.targets, labels)
  const folds = repeatedFolds(data, Math.min(5, smallest), seed)
  const learn = async (weights: Float64Array): Promise<Matrix> => {
    const problem = { kind: 'classification', labels, features, targets, weights, folds } as const
    return (await linearMethod.learn(problem, options)).heldOut as Matrix
  }
  const first = await learn(equal)
  const weights = Float64Array.from(given, (label, row) => {
    const probabilities = first.data.subarray(row * labels.length, (row + 1) * labels.length)
    return Math.max(leastWeight, (probabilities[label] as number) / Math.max(...probabilities))
  })
  const second = await learn(weights)
  return doubtsOf(labels, given, (row) => {
    const shares = sharesIn(given, nearest, weights, row)
    for (let label = 0; label < labels.length; label++) {
      const probability = second.data[row * labels.length + label] as number
      const share = shares.get(label) ?? 0
      shares.set(label, (1 - neighborShare) * probability + neighborShare * share)
    }
    return shares
  })
}

/** @param fits How well classes fit a row, by their numbers; those that are missing do not. */
function doubtsOf(
  labels: readonly string[],
  given: Int32Array,
  fits: (row: number) => ReadonlyMap<number, number>,
): LabelDoubts {
  const fit = new Float64Array(given.length)
  const likeliest = Array.from(given, (label, row) => {
    const all = fits(row)
    fit[row] = all.get(label) ?? 0
    let best = label
    for (const [other, value] of all) if (value > (all.get(best) ?? 0)) best = other
    return labels[best] as string
  })
  return { fit, likeliest }
}

/** Shares of the classes among the nearest of a row, each by its likeness and weight. */
function sharesIn(
  given: Int32Array,
  { count, rows, cosines }: Nearest,
  weights: Float64Array,
  row: number,
): Map<number, number> {
  const shares = new Map<number, number>()
  let total = 0
  for (let at = row * count; at < row * count + Math.min(count, neighborCount); at++) {
    const other = rows[at] as number
    const said = Math.max(0, cosines[at] as number) * (weights[other] as number)
    const label = given[other] as number
    shares.set(label, (shares.get(label) ?? 0) + said)
    total += said
  }
  for (const [label, said] of shares) shares.set(label, total > 0 ? said / total : 0)
  return shares
}
