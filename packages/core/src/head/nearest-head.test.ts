import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import {
  asked,
  columns,
  examplesOf,
  features,
  fixture,
  folds,
  kinds,
  range,
  rows,
  targets,
} from '../../test/neighbors-fixture.js'
import type { HeadExamples } from './head-method.js'
import { headResults } from './head-results.js'
import { encodeTargets } from './head.js'
import { nearestHead } from './nearest-head.js'
import { nearestMethod } from './nearest-method.js'
import { type Matrix, takeRows } from '../contract/matrix.js'

describe("the nearest examples' answers", () => {
  it.each(kinds)(
    "are those of scikit-learn's neighbors, and of one that knows no more than the shares: %s",
    async (kind) => {
      const { data } = targets[kind]
      const outputs = targets[kind].columns
      const share = range(0, outputs).map(
        (column) => data.filter((_, i) => i % outputs === column).reduce((a, b) => a + b) / rows,
      )
      for (const { k, votes, [kind]: answers } of fixture.neighbors) {
        const expected = answers.map((answer, i) => {
          const own = votes[Math.floor(i / outputs)] as number
          return kind === 'regression' ? answer : (own * answer + (share[i % outputs] as number)) / (own + 1)
        })
        const results = await headResults(nearestHead(examplesOf(kind), k), asked)
        expect(results.data).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-5 })
      }
    },
  )

  it.each(kinds)('on examples held out are those of a head on the others: %s', async (kind) => {
    const examples = examplesOf(kind)
    const { heldOut, chosen } = await nearestMethod.learn(examples, {})
    for (const fold of folds) {
      const others = range(0, rows).filter((row) => !fold.includes(row))
      const known = { ...examples, features: takeRows(features, others), targets: takeRows(targets[kind], others) }
      const head = nearestHead(
        { ...known, weights: examples.weights.slice(0, others.length) },
        chosen['neighbors'] as number,
      )
      const expected = await headResults(head, takeRows(features, fold))
      expect(takeRows(heldOut as Matrix, fold).data).toBeAllclose(expected.data, { rtol: 1e-5, atol: 1e-6 })
    }
  })

  it('are as if an example of weight 2 were there twice', async () => {
    const examples = examplesOf('classification')
    const doubled = range(0, rows).flatMap((row) => (row < 6 ? [row, row] : [row]))
    const weights = Float64Array.from(range(0, rows), (row) => (row < 6 ? 2 : 1))
    const twice = {
      ...examples,
      features: takeRows(features, doubled),
      targets: takeRows(targets.classification, doubled),
    }
    // All of them are asked, so that both have the same neighbors; the center moves with copies, hence features around 0.
    const around = (matrix: Matrix): Matrix => ({
      rows: 2 * matrix.rows,
      columns,
      data: Float32Array.of(...matrix.data, ...matrix.data.map((value) => -value)),
    })
    const both = (matrix: Matrix): Matrix => ({
      ...matrix,
      rows: 2 * matrix.rows,
      data: Float32Array.of(...matrix.data, ...matrix.data),
    })
    const head = (known: HeadExamples, own: Float64Array) =>
      nearestHead(
        {
          ...known,
          features: around(known.features),
          targets: both(known.targets),
          weights: Float64Array.of(...own, ...own),
        },
        2 * known.features.rows,
      )
    const weighted = await headResults(head(examples, weights), asked)
    const repeated = await headResults(head(twice, new Float64Array(doubled.length).fill(1)), asked)
    expect(weighted.data).toBeAllclose(repeated.data, { rtol: 1e-4 })
  })

  it('for something that is like none are the shares of the classes, and the mean of numbers', async () => {
    const like = { rows: 4, columns: 2, data: Float32Array.of(1, 0.1, 1, -0.1, -1, 0.1, -1, -0.1) }
    const sideways = { rows: 1, columns: 2, data: Float32Array.of(0, 1) }
    const weights = new Float64Array(4).fill(1)
    const known = { features: like, weights }
    // Its nearest has a cosine of 0.0995, so that it hardly counts beside the shares; what points away counts nothing.
    const one = encodeTargets(['a', 'a', 'a', 'b'], ['a', 'b'])
    const classes = nearestHead({ ...known, kind: 'classification', labels: ['a', 'b'], targets: one }, 4)
    const w = 2 * (0.1 / Math.hypot(1, 0.1))
    const expected = [(w + 0.75) / (w + 1), 0.25 / (w + 1)]
    expect((await headResults(classes, sideways)).data).toBeAllclose(expected, { rtol: 1e-5 })
    const numbers = nearestHead(
      { ...known, kind: 'regression', labels: [], targets: encodeTargets([1, 2, 3, 6], []) },
      4,
    )
    const center = { rows: 1, columns: 2, data: Float32Array.of(0, 0) }
    expect((await headResults(numbers, center)).data).toBeAllclose([3], { rtol: 1e-5 })
  })
})
