import { describe, expect, it } from 'vitest'
import { fitHead } from '../head/fit-head.js'
import { encodeTargets, linearHead } from '../head/head.js'
import { random } from '../kit/random.js'
import { leaveOneOutChanges } from './influence.js'
import { influencesOf } from './influences.js'

describe('influencesOf', () => {
  it('says the same of features with more columns than examples, in fewer of them', async () => {
    const numbers = random(5)
    const [rows, columns, l2] = [8, 30, 0.05]
    const features = { rows, columns, data: Float32Array.from({ length: rows * columns }, () => numbers.uniform()) }
    const examples = Array.from({ length: rows }, (_, row) => ({ label: ['a', 'b', 'c'][row % 3] as string }))
    const labels = ['a', 'b', 'c']
    const targets = encodeTargets(
      examples.map(({ label }) => label),
      labels,
    )
    const head = await fitHead({ kind: 'classification', features, targets }, { regularization: { l2 } })
    const input = Float32Array.from({ length: columns }, () => numbers.uniform())
    const direction = Float64Array.of(1, -0.5, -0.5)
    const weights = new Float64Array(rows).fill(1)
    const direct = leaveOneOutChanges(
      { kind: 'classification', head, l2, features, targets, weights },
      input,
      direction,
    )
    const said = influencesOf(
      { features, examples, fitted: { l2, inverseTemperature: 1 } },
      linearHead('classification', labels, head),
      input,
      { kind: 'classification', column: 0, label: 'a', direction },
      rows,
    )
    expect(said.examples).toHaveLength(rows)
    for (const { row, influence } of said.examples) expect(influence).toBeCloseTo(-(direct[row - 1] as number), 4)
  })
})
