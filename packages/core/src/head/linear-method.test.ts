import '@headstart/onnx/test'
import { expect, it } from 'vitest'
import { encodeTargets } from './head.js'
import { linearMethod } from './linear-method.js'
import { type Matrix, takeRows } from '../contract/matrix.js'
import { random } from '../kit/random.js'
import { bestInverseTemperature, expectedSpread, scaledLogits } from './inverse-temperature.js'

const classes = ['bad', 'good']
const numbers = random(3)
const count = 40
const labels = Array.from({ length: count }, (_, row) => classes[row % 2] as string)
const row = (label: string): number[] => [0, 1].map(() => numbers.normal() + (label === 'good' ? 0.7 : 0))
const folds = Array.from({ length: 5 }, (_, fold) => [...labels.keys()].filter((one) => one % 5 === fold))

const examplesOf = (all: readonly string[]) => {
  const features: Matrix = { rows: all.length, columns: 2, data: Float32Array.from(all.flatMap(row)) }
  const weights = new Float64Array(all.length).fill(1)
  return {
    kind: 'classification',
    labels: classes,
    features,
    targets: encodeTargets(all, classes),
    weights,
    folds,
  } as const
}

it('how sure answers are is learned from what was held out, and not from the names of the classes, which never are', async () => {
  // The two names stand behind the examples.
  const examples = examplesOf([...labels, ...classes])
  const { chosen, heldOut } = await linearMethod.learn(examples, {})
  const times = chosen['inverseTemperature'] as number
  const held = [...labels.keys()]
  const answers = scaledLogits('classification', heldOut as Matrix, 1 / times)
  const targets = takeRows(examples.targets, held)
  const masses = held.map(() => 1)
  const expected = { spread: expectedSpread.chosenUnscaled }
  expect(times).not.toBe(1)
  expect(times).toBeCloseTo(
    bestInverseTemperature('classification', targets, takeRows(answers, held), masses, expected),
    3,
  )
})
