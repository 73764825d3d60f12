import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import { asked, examplesOf, features, fixture, folds, range, rows, targets } from '../../test/neighbors-fixture.js'
import { headResults } from './head-results.js'
import { prototypeMethod } from './prototype-method.js'
import { type Matrix, rowOf, takeRows } from '../contract/matrix.js'
import { topClasses } from '../evaluate/metrics.js'

describe('the prototypes', () => {
  it("are scikit-learn's nearest centroids of directions from the center, the cosines scaled", async () => {
    const { head, chosen } = await prototypeMethod.learn(examplesOf('classification'), {})
    const results = await headResults(head, asked)
    expect([...topClasses(results)]).toEqual(fixture.centroids.answers)
    const scores = fixture.centroids.cosines.map((cosine) => Math.exp((chosen['scale'] as number) * cosine))
    const expected = scores.map(
      (score, i) => score / scores.slice(i - (i % 3), i - (i % 3) + 3).reduce((a, b) => a + b),
    )
    expect(results.data).toBeAllclose(expected, { rtol: 1e-4 })
  })

  it('on examples held out are those of the others', async () => {
    const examples = examplesOf('classification')
    const { heldOut, chosen } = await prototypeMethod.learn(examples, {})
    const others = range(0, rows).filter((row) => row % 5 !== 0)
    const known = {
      ...examples,
      features: takeRows(features, others),
      targets: takeRows(targets.classification, others),
    }
    const weights = examples.weights.slice(0, others.length)
    const { head, chosen: own } = await prototypeMethod.learn({ ...known, weights, folds: [range(0, 10)] }, {})
    const answers = await headResults(head, takeRows(features, folds[0] as number[]))
    // Logits are the logarithms, up to a constant: they differ by the scale alone.
    const ratio = (matrix: Matrix, row: number): number => {
      const [a = 1, b = 1] = rowOf(matrix, row)
      return Math.log(a / b)
    }
    for (const [place, row] of (folds[0] as number[]).entries()) {
      const expected = (ratio(answers, place) * (chosen['scale'] as number)) / (own['scale'] as number)
      expect(ratio(heldOut as Matrix, row)).toBeCloseTo(expected, 3)
    }
  })
})
