import { directionOf } from './directions.js'
import type { Head } from './head.js'
import type { HeadMethod } from './head-method.js'
import { headResults } from './head-results.js'
import { lastHeldOut, othersThan, stack } from './held-out.js'
import { bestInverseTemperature, scaledLogits } from './inverse-temperature.js'
import { type Matrix, rowOf, takeRows, zeroMatrix } from '../contract/matrix.js'
import { topClasses } from '../evaluate/metrics.js'
import { prototypeHead } from './prototype-head.js'

/** The scale that is expected before any example is seen: what held-out sentences and drawings asked for. */
const expectedScale = 5

/**
 * The class whose prototype is most alike: softmax of scale · cosine. The prototype of a class is the mean of its examples'
 * features, each of them first seen from the center, which is the mean of the classes' means, and brought to length 1.
 * Nearest class means: Mensink, Verbeek, Perronnin and Csurka, "Distance-Based Image Classification", 2013; with a softmax:
 * Snell, Swersky and Zemel, "Prototypical Networks for Few-shot Learning", 2017, equation 2; the cosine in the place of the
 * distance and the center: see `directionNodes`. The scale is the one under which held-out examples are most probable.
 *
 * All classes count alike, however many examples they have.
 */
export const prototypeMethod: HeadMethod = {
  kinds: ['classification'],
  chooses: 'the scale',
  takes: [],
  async learn({ kind, labels, features, targets, weights, folds }, { signal }) {
    const classes = topClasses(targets)
    const headOf = (rows: readonly number[], scale: number): Head => {
      const { prototypes, center } = classMeans(features, classes, labels.length, rows)
      return prototypeHead(labels, prototypes, scale, center)
    }
    const parts: Matrix[] = []
    for (const fold of folds) {
      signal?.throwIfAborted()
      const { graph } = headOf(othersThan(fold, features.rows), expectedScale)
      parts.push(await headResults({ kind, graph }, takeRows(features, fold)))
    }
    const rows = folds.flat()
    const answers = stack(parts)
    const masses = rows.map((row) => weights[row] as number)
    const times = bestInverseTemperature(kind, takeRows(targets, rows), answers, masses, { examples: features.rows })
    const scale = expectedScale * times
    return {
      head: headOf([...classes.keys()], scale),
      heldOut: lastHeldOut(rows, scaledLogits(kind, answers, times), features.rows),
      l2: 0,
      chosen: { scale },
    }
  },
}

/** The prototype of each class, `[classes, featureSize]`, and the center from which it is seen, by some of the examples. */
function classMeans(
  features: Matrix,
  classes: Int32Array,
  count: number,
  rows: readonly number[],
): { prototypes: Matrix; center: Float64Array } {
  const { columns } = features
  const members = Array.from({ length: count }, (): number[] => [])
  for (const row of rows) members[classes[row] as number]?.push(row)
  const center = new Float64Array(columns)
  for (const own of members) addMean(center, own, (row) => rowOf(features, row), 1 / count)
  const prototypes = zeroMatrix(count, columns)
  for (const [label, own] of members.entries()) {
    const mean = new Float64Array(columns)
    addMean(mean, own, (row) => directionOf(rowOf(features, row), center), 1)
    rowOf(prototypes, label).set(mean)
  }
  return { prototypes, center }
}

/** Adds a share of the mean of some vectors to a sum. */
function addMean(
  sum: Float64Array,
  rows: readonly number[],
  vectorOf: (row: number) => Float32Array | Float64Array,
  share: number,
): void {
  for (const row of rows) {
    const vector = vectorOf(row)
    for (let i = 0; i < sum.length; i++) {
      sum[i] = (sum[i] as number) + (share * (vector[i] as number)) / rows.length
    }
  }
}
