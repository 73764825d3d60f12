import { describe, expect, it } from 'vitest'
import { trainingFixture } from '../../test/training-fixture.js'
import '../test/index.js'
import { TrainingStateError } from '../errors.js'
import { adamW } from './adam-w.js'
import type { Optimizer, OptimizerFactory } from './optimizer.js'
import { sgd } from './sgd.js'

const { start, gradients, clipNorm, optimizers } = trainingFixture
const factories: Record<string, OptimizerFactory> = {
  AdamW: adamW(),
  'AdamW, other options': adamW({ beta1: 0.8, beta2: 0.95, epsilon: 1e-4 }),
  SGD: sgd({ momentum: 0 }),
  'SGD with momentum': sgd(),
  "SGD with Nesterov's momentum": sgd({ momentum: 0.7, nesterov: true }),
}

/** The parameters of the fixture under an optimizer, and its steps by number. */
function training(factory: OptimizerFactory) {
  const [matrix, bias] = [Float32Array.from(start['matrix'] ?? []), Float32Array.from(start['bias'] ?? [])]
  const optimizer = factory([
    { name: 'matrix', data: matrix, learningRate: 0.1, weightDecay: 0.05 },
    { name: 'bias', data: bias, learningRate: 0.02, weightDecay: 0 },
  ])
  const step = (index: number): void => {
    const both = ['matrix', 'bias'].map((name) => Float32Array.from(gradients[index]?.[name] ?? []))
    const norm = Math.hypot(...both.flatMap((values) => [...values]))
    optimizer.step(both, 1, Math.min(1, clipNorm / (norm + 1e-6)))
  }
  return { optimizer, step, parameters: { matrix, bias } }
}

describe.each(Object.keys(optimizers))('%s', (name) => {
  const factory = factories[name] as OptimizerFactory

  it("takes PyTorch's steps", () => {
    const { step, parameters } = training(factory)
    for (const index of gradients.keys()) step(index)
    expect(parameters.matrix).toBeAllclose(optimizers[name]?.['matrix'] ?? [], { rtol: 1e-5, atol: 1e-6 })
    expect(parameters.bias).toBeAllclose(optimizers[name]?.['bias'] ?? [], { rtol: 1e-5, atol: 1e-6 })
  })

  it('goes on from a state with the same bits', () => {
    const [whole, first] = [training(factory), training(factory)]
    for (const index of gradients.keys()) whole.step(index)
    for (const index of [0, 1, 2]) first.step(index)
    const saved = first.optimizer.state()
    const second = training(factory)
    second.parameters.matrix.set(first.parameters.matrix)
    second.parameters.bias.set(first.parameters.bias)
    // A state is a copy: what happens afterwards does not change it.
    first.step(3)
    second.optimizer.restore(saved)
    for (const index of [3, 4, 5]) second.step(index)
    expect(second.parameters).toEqual(whole.parameters)
  })

  it('leaves a parameter without a gradient, and what it remembers of it, untouched', () => {
    const { optimizer, parameters } = training(factory)
    const [before, remembered] = [parameters.matrix.slice(), partsOf(optimizer, 'matrix')]
    optimizer.step([undefined, Float32Array.of(1, 2, 3, 4)], 1, 1)
    expect(parameters.matrix).toEqual(before)
    expect(partsOf(optimizer, 'matrix')).toEqual(remembered)
    expect(parameters.bias).not.toEqual(Float32Array.from(start['bias'] ?? []))
  })

  it('does nothing where the schedule says 0', () => {
    const { optimizer, parameters } = training(factory)
    const before = parameters.matrix.slice()
    optimizer.step([new Float32Array(12).fill(1), undefined], 0, 1)
    expect(parameters.matrix).toEqual(before)
  })

  it('refuses a state of other parameters', () => {
    const other = factory([{ name: 'matrix', data: new Float32Array(5), learningRate: 1, weightDecay: 0 }])
    const { optimizer } = training(factory)
    expect(() => optimizer.restore(other.state())).toThrow(TrainingStateError)
    expect(() => optimizer.restore({})).toThrow(
      'state of a training, "steps": expected 2 numbers, got nothing. It was saved by another training.',
    )
  })
})

it('a parameter whose first gradient comes late is corrected for its own steps, not for those of the others', () => {
  const late = training(adamW())
  for (let step = 0; step < 5; step++) late.optimizer.step([undefined, new Float32Array(4)], 1, 1)
  const prompt = training(adamW())
  for (const { optimizer } of [late, prompt]) optimizer.step([new Float32Array(12).fill(0.5), undefined], 1, 1)
  expect(late.parameters.matrix).toEqual(prompt.parameters.matrix)
})

/** What is remembered of one parameter. */
function partsOf(optimizer: Optimizer, name: string) {
  return Object.entries(optimizer.state()).filter(([part]) => part.startsWith(name))
}
