import { readFileSync } from 'node:fs'
import '@headstart/onnx/test'
import { Session, tensor } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { decadeFor, fitHead } from './fit-head.js'
import { encodeTargets, headNames, linearHead } from './head.js'
import { lossesOf } from './held-out-loss.js'
import { bestInverseTemperature, scaledLogits } from './inverse-temperature.js'
import { type Matrix, rowOf, sideBySide, sparseMatrix } from '../contract/matrix.js'
import { random } from '../kit/random.js'
import type { TrainEvent } from '../contract/progress.js'
import type { Kind } from '../contract/target.js'

interface Problem {
  kind: Kind
  classes: number
  y: number[]
  l2: number
  weights: number[]
  loss: number
  probabilities: number[]
}
const fixture = JSON.parse(readFileSync(new URL('../../test/fixtures/head.json', import.meta.url), 'utf8')) as {
  rows: number
  columns: number
  x: number[]
  problems: Record<string, Problem>
}
const features: Matrix = { rows: fixture.rows, columns: fixture.columns, data: Float32Array.from(fixture.x) }
const labelsOf = ({ kind, classes }: Problem): string[] =>
  kind === 'regression' ? [] : Array.from({ length: classes }, (_, index) => `class ${index}`)
const targetsOf = (problem: Problem): Matrix => {
  const labels = labelsOf(problem)
  return encodeTargets(problem.kind === 'regression' ? problem.y : problem.y.map((y) => labels[y] as string), labels)
}

describe('fitHead against scikit-learn', () => {
  it.each(Object.entries(fixture.problems))('%s: same loss, same answers', async (_, problem) => {
    const head = await fitHead(
      { kind: problem.kind, features, targets: targetsOf(problem) },
      { regularization: { l2: problem.l2 }, exampleWeights: Float64Array.from(problem.weights) },
    )
    expect(Math.abs(head.loss / problem.loss - 1)).toBeLessThan(1e-6)

    const session = await Session.create(linearHead(problem.kind, labelsOf(problem), head).graph)
    const feed = tensor('float32', [features.rows, features.columns], features.data)
    const results = await session.run({ [headNames.features]: feed })
    expect(results[headNames.result[problem.kind]]?.data as Float32Array).toBeAllclose(problem.probabilities, {
      rtol: 1e-3,
      atol: 1e-4,
    })
  })
})

describe('fitHead with features that are mostly zero', () => {
  it.each(Object.entries(fixture.problems))('%s: the loss of scikit-learn, and its answers', async (_, problem) => {
    // The last columns of the same examples.
    const { rows, columns } = features
    const own = Math.floor(columns / 2)
    const beside = sparseMatrix(rows, columns - own, (row, into) => into.set(rowOf(features, row).subarray(own)))
    const network = { rows, columns: own, data: new Float32Array(rows * own) }
    for (let row = 0; row < rows; row++) rowOf(network, row).set(rowOf(features, row).subarray(0, own))
    const head = await fitHead(
      { kind: problem.kind, features: network, beside, targets: targetsOf(problem) },
      { regularization: { l2: problem.l2 }, exampleWeights: Float64Array.from(problem.weights) },
    )
    expect(Math.abs(head.loss / problem.loss - 1)).toBeLessThan(1e-6)
    const session = await Session.create(linearHead(problem.kind, labelsOf(problem), head).graph)
    const feed = tensor('float32', [rows, columns], features.data)
    const results = await session.run({ [headNames.features]: feed })
    expect(results[headNames.result[problem.kind]]?.data as Float32Array).toBeAllclose(problem.probabilities, {
      rtol: 1e-3,
      atol: 1e-4,
    })
  })

  it('is the same head in the span of the examples', async () => {
    const [rows, columns] = [9, 40]
    const numbers = random(4)
    const network: Matrix = { rows, columns: 3, data: Float32Array.from({ length: rows * 3 }, () => numbers.uniform()) }
    const beside = sparseMatrix(rows, columns, (_, into) => {
      for (let i = 0; i < 6; i++) into[Math.floor(numbers.uniform() * columns)] = numbers.uniform()
    })
    const targets = encodeTargets(
      Array.from({ length: rows }, (_, row) => ['a', 'b', 'c'][row % 3] as string),
      ['a', 'b', 'c'],
    )
    const all = sideBySide(network, beside)
    const products = Float64Array.from({ length: rows * rows }, (_, at) => {
      const other = rowOf(all, at % rows)
      return rowOf(all, Math.floor(at / rows)).reduce((sum, value, i) => sum + value * (other[i] as number), 0)
    })
    const problem = { kind: 'classification', targets } as const
    const fit = async (features: Partial<Parameters<typeof fitHead>[0]>) =>
      fitHead({ ...problem, features: network, ...features }, { regularization: { l2: 0.01 } })
    const dense = await fit({ features: all })
    for (const head of [await fit({ beside }), await fit({ beside, products })]) {
      expect(head.weight).toBeAllclose(dense.weight, { rtol: 1e-3, atol: 1e-4 })
      expect(head.bias).toBeAllclose(dense.bias, { rtol: 1e-3, atol: 1e-4 })
    }
  })
})

describe('fitHead with far more features than examples', () => {
  it.each(Object.entries(fixture.problems))(
    '%s: the loss of scikit-learn, and weights where they count',
    async (_, problem) => {
      // The same examples among features that are always 0.
      const { rows, columns } = features
      const wide: Matrix = { rows, columns: 2 * rows + columns, data: new Float32Array(rows * (2 * rows + columns)) }
      for (let row = 0; row < rows; row++)
        wide.data.set(features.data.subarray(row * columns, (row + 1) * columns), row * wide.columns + rows)
      const settings = { regularization: { l2: problem.l2 }, exampleWeights: Float64Array.from(problem.weights) }
      const head = await fitHead({ kind: problem.kind, features: wide, targets: targetsOf(problem) }, settings)
      expect(Math.abs(head.loss / problem.loss - 1)).toBeLessThan(1e-6)
      const narrow = await fitHead({ kind: problem.kind, features, targets: targetsOf(problem) }, settings)
      const outputs = narrow.bias.length
      const expected = new Float64Array(wide.columns * outputs)
      expected.set(narrow.weight, rows * outputs)
      expect(head.weight).toBeAllclose(expected, { atol: 1e-4 })
      expect(head.bias).toBeAllclose(narrow.bias, { atol: 1e-4 })
    },
  )

  it('takes features that are all the same', async () => {
    const same: Matrix = { rows: 4, columns: 10, data: new Float32Array(40).fill(3) }
    const labels = ['a', 'b']
    const targets = encodeTargets(['a', 'a', 'a', 'b'], labels)
    const head = await fitHead({ kind: 'classification', features: same, targets }, { regularization: { l2: 1e-3 } })
    // -(3/4 log 3/4 + 1/4 log 1/4): it knows how frequent they are, and nothing else.
    expect(head.loss).toBeCloseTo(0.562335, 5)
    expect([...head.weight].every((weight) => weight === 0)).toBe(true)
  })
})

describe('fitHead', () => {
  const problem = fixture.problems['three classes'] as Problem
  const targets = targetsOf(problem)
  const rows = Array.from({ length: features.rows }, (_, row) => row)
  const folds = Array.from({ length: 5 }, (_, fold) => rows.filter((row) => row % 5 === fold))

  it('treats a weight of two as an example that stands there twice', async () => {
    const doubled: Matrix = {
      rows: features.rows + 1,
      columns: features.columns,
      data: new Float32Array(features.data.length + features.columns),
    }
    doubled.data.set(features.data)
    doubled.data.set(features.data.subarray(0, features.columns), features.data.length)
    const targetsTwice: Matrix = {
      rows: targets.rows + 1,
      columns: 3,
      data: Float32Array.from([...targets.data, ...targets.data.subarray(0, 3)]),
    }
    const twice = await fitHead(
      { kind: 'classification', features: doubled, targets: targetsTwice },
      { regularization: { l2: 0.1 } },
    )
    const exampleWeights = new Float64Array(features.rows).fill(1)
    exampleWeights[0] = 2
    const weighted = await fitHead(
      { kind: 'classification', features, targets },
      { regularization: { l2: 0.1 }, exampleWeights },
    )
    expect(weighted.weight).toBeAllclose(twice.weight, { rtol: 1e-4, atol: 1e-6 })
  })

  it('chooses the most probable strength, its held-out loss computed only on what a fold has not seen', async () => {
    const events: TrainEvent[] = []
    const head = await fitHead(
      { kind: 'classification', features, targets },
      { regularization: { folds }, onEvent: (event) => events.push(event) },
    )
    // Half decades of the features' total variance, of which -2.5 is expected, give or take 1.
    const decades = head.trials.map(({ l2 }) => Math.log10(l2 / totalVariance(features)))
    expect(decades).toBeAllclose(
      decades.map((decade) => Math.round(2 * decade) / 2),
      { atol: 1e-6 },
    )
    expect(decades).toEqual(decades.toSorted((a, b) => b - a))
    const scores = head.trials.map(({ loss }, i) => loss + ((decades[i] as number) + 2.5) ** 2 / 2 / features.rows)
    const chosen = head.trials[scores.indexOf(Math.min(...scores))]
    expect(chosen?.l2).toBe(head.l2)
    const lowest = chosen?.loss as number

    // The same figure by hand: fit without the fold, score the fold.
    let total = 0
    for (const fold of folds) {
      const exampleWeights = Float64Array.from(rows, (row) => (fold.includes(row) ? 0 : 1))
      const fit = await fitHead(
        { kind: 'classification', features, targets },
        { regularization: { l2: head.l2 }, exampleWeights },
      )
      for (const row of fold) {
        const z = [0, 1, 2].map(
          (k) => rowDot(features, row, (column) => fit.weight[column * 3 + k] as number) + (fit.bias[k] as number),
        )
        total += Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0)) - (z[problem.y[row] as number] as number)
      }
    }
    expect(total / features.rows).toBeCloseTo(lowest, 3)
    expect(head.heldOut?.rows).toBe(features.rows)
    expect(events.findLast(({ type }) => type === 'cross-validation')).toMatchObject({ done: 19, total: 19 })
  })

  it('chooses a strength by what it is worth after calibration, where that is asked for', async () => {
    // Many classes of few examples: what orders them best is unsure of all of them.
    const { normal } = random(1)
    const [classes, each, columns] = [12, 4, 40]
    const rows = classes * each
    const centers = Array.from({ length: classes * columns }, normal)
    const data = Float32Array.from({ length: rows * columns }, (_, i) => {
      const label = Math.floor(i / columns) % classes
      return (centers[label * columns + (i % columns)] as number) + 2 * normal()
    })
    const targets = encodeTargets(
      Array.from({ length: rows }, (_, row) => `${row % classes}`),
      Array.from({ length: classes }, (_, label) => `${label}`),
    )
    const problem = { kind: 'classification', features: { rows, columns, data }, targets } as const
    const folds = Array.from({ length: each }, (_, fold) =>
      Array.from({ length: classes }, (_, label) => fold * classes + label),
    )
    const [loss, calibrated] = [
      await fitHead(problem, { regularization: { folds } }),
      await fitHead(problem, { regularization: { folds }, strength: 'calibrated' }),
    ]
    expect(calibrated.l2).toBeGreaterThan(loss.l2)
    const mass = Array.from({ length: rows }, () => 1)
    const calibratedLoss = ({ heldOut }: typeof loss): number => {
      const times = bestInverseTemperature('classification', targets, heldOut as Matrix, mass)
      const losses = lossesOf('classification', targets, scaledLogits('classification', heldOut as Matrix, times))
      return losses.reduce((sum, one) => sum + one, 0) / rows
    }
    expect(calibratedLoss(calibrated)).toBeLessThan(calibratedLoss(loss))
    expect(calibrated.trials.find(({ l2 }) => l2 === calibrated.l2)?.loss).toBeCloseTo(calibratedLoss(calibrated), 3)
  })

  it('lets many examples overrule what is expected of the strength', async () => {
    // The same held-out losses, and thus the same evidence for each example, from a hundred times the examples.
    const rows = 100 * features.rows
    const data = new Float32Array(100 * features.data.length)
    const y = new Float32Array(100 * targets.data.length)
    for (let copy = 0; copy < 100; copy++) {
      data.set(features.data, copy * features.data.length)
      y.set(targets.data, copy * targets.data.length)
    }
    const manyFolds = folds.map((fold) =>
      Array.from({ length: 100 }, (_, copy) => fold.map((row) => row + copy * features.rows)).flat(),
    )
    const head = await fitHead(
      {
        kind: 'classification',
        features: { rows, columns: features.columns, data },
        targets: { rows, columns: 3, data: y },
      },
      { regularization: { folds: manyFolds } },
    )
    const lowest = Math.min(...head.trials.map(({ loss }) => loss))
    expect(head.trials.find(({ loss }) => loss === lowest)?.l2).toBe(head.l2)
  })

  it.each([-4, -1])('finds the same strength from wherever it begins to look for it: 10^%f', async (from) => {
    const known = { kind: 'classification', features, targets } as const
    const usual = await fitHead(known, { regularization: { folds } })
    const head = await fitHead(known, { regularization: { folds, from } })
    expect(head.l2).toBe(usual.l2)
    expect(head.weight).toBeAllclose(usual.weight, { rtol: 1e-3, atol: 1e-4 })
  })

  it('begins at a weaker strength where there are more examples than it was found on, within what is tried', () => {
    expect(decadeFor(3000, 500, -3.5)).toBe(-4)
    expect(decadeFor(600, 500, -3)).toBe(-3)
    expect(decadeFor(1e6, 500, -8.5)).toBe(-9)
  })

  it('regularizes noise strongly and does not try the weak end', async () => {
    const { uniform } = random(3)
    const noise: Matrix = { rows: 600, columns: 10, data: Float32Array.from({ length: 6000 }, () => uniform() - 0.5) }
    const coin = encodeTargets(
      Array.from({ length: 600 }, () => (uniform() < 0.5 ? 'a' : 'b')),
      ['a', 'b'],
    )
    const sixths = Array.from({ length: 6 }, (_, fold) => Array.from({ length: 100 }, (_, i) => fold * 100 + i))
    const head = await fitHead(
      { kind: 'classification', features: noise, targets: coin },
      { regularization: { folds: sixths } },
    )
    expect(head.trials.length).toBeLessThan(11)
    expect(head.l2).toBeGreaterThanOrEqual(head.trials[2]?.l2 as number)
  })

  it.each([
    [1e-5, 0],
    [1e4, 3e4],
  ])('does not depend on the unit of the numbers: %d y + %d', async (factor, shift) => {
    const numbers = fixture.problems['values'] as Problem
    const fit = (y: number[]) =>
      fitHead({ kind: 'regression', features, targets: encodeTargets(y, []) }, { regularization: { folds } })
    const head = await fit(numbers.y)
    const other = await fit(numbers.y.map((y) => factor * y + shift))
    expect(other.l2).toBe(head.l2)
    expect(other.weight.map((value) => value / factor)).toBeAllclose(head.weight, { rtol: 1e-3, atol: 1e-4 })
    expect((other.heldOut?.data ?? []).map((value) => (value - shift) / factor)).toBeAllclose(
      head.heldOut?.data ?? [],
      { rtol: 1e-2, atol: 1e-2 },
    )
    expect(other.loss / factor ** 2).toBeCloseTo(head.loss, 4)
  })

  it('fits numbers that are all the same', async () => {
    const flat = encodeTargets(
      problem.y.map(() => 7),
      [],
    )
    const head = await fitHead({ kind: 'regression', features, targets: flat }, { regularization: { folds } })
    expect(head.weight).toBeAllclose(
      head.weight.map(() => 0),
      { atol: 1e-5 },
    )
    expect(head.bias).toBeAllclose([7], { rtol: 1e-5 })
  })

  it('answers several labels at once as separate questions', async () => {
    const both = encodeTargets(
      problem.y.map((y, row) => [`class ${y}`, ...(row % 2 ? ['odd'] : [])]),
      ['class 0', 'odd'],
    )
    const joint = await fitHead({ kind: 'multi-label', features, targets: both }, { regularization: { l2: 0.05 } })
    const first: Matrix = { rows: both.rows, columns: 1, data: both.data.filter((_, i) => i % 2 === 0) }
    const alone = await fitHead({ kind: 'multi-label', features, targets: first }, { regularization: { l2: 0.05 } })
    expect(joint.weight.filter((_, i) => i % 2 === 0)).toBeAllclose(alone.weight, { rtol: 1e-4, atol: 1e-6 })
  })

  it('gives the same bits for the same data', async () => {
    const fit = () => fitHead({ kind: 'classification', features, targets }, { regularization: { folds } })
    expect(await fit()).toEqual(await fit())
  })

  it('stops when the signal aborts', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    const fit = fitHead({ kind: 'classification', features, targets }, { regularization: { folds }, signal })
    await expect(fit).rejects.toThrow('enough')
  })

  it('takes features that are all the same', async () => {
    const flat: Matrix = { ...features, data: new Float32Array(features.data.length).fill(0.5) }
    const head = await fitHead({ kind: 'classification', features: flat, targets }, { regularization: { folds } })
    expect(head.weight.every(Number.isFinite)).toBe(true)
  })
})

function totalVariance({ data, columns, rows }: Matrix): number {
  let sum = 0
  for (let column = 0; column < columns; column++) {
    const values = Array.from({ length: rows }, (_, row) => data[row * columns + column] as number)
    const mean = values.reduce((total, value) => total + value, 0) / rows
    sum += values.reduce((total, value) => total + (value - mean) ** 2, 0) / rows
  }
  return sum
}

function rowDot({ data, columns }: Matrix, row: number, weight: (column: number) => number): number {
  let sum = 0
  for (let column = 0; column < columns; column++) sum += (data[row * columns + column] as number) * weight(column)
  return sum
}
