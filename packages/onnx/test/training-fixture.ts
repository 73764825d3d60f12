import { readFileSync } from 'node:fs'
import { fixturePath } from './fixture.js'

type Values = Readonly<Record<string, number[]>>

/** Steps of PyTorch's optimizers and factors of its schedules (see make-training-fixture.py). */
export const trainingFixture = JSON.parse(readFileSync(fixturePath('training.json'), 'utf8')) as {
  readonly start: Values
  /** One for each step. */
  readonly gradients: readonly Values[]
  readonly clipNorm: number
  /** Parameters after the last step. */
  readonly optimizers: Readonly<Record<string, Values>>
  /** Factor at each step. */
  readonly schedules: Values
  /** Ten steps of a network of two layers (see `twoLayers` in trainer.test.ts). */
  readonly network: {
    readonly x: number[]
    readonly y: number[]
    readonly start: Values
    readonly losses: number[]
    readonly norms: number[]
    readonly end: Values
  }
}
