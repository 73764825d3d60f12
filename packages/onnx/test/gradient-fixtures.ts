import { readFileSync } from 'node:fs'
import { float32, type Tensor } from '../src/graph/tensor.js'
import { fixturePath } from './fixture.js'

interface Numbers {
  readonly dims: number[]
  readonly data: number[]
}

/** A loss and its gradients, as PyTorch computes them. */
export interface GradientFixture {
  readonly inputs: Readonly<Record<string, Numbers>>
  readonly parameters: Readonly<Record<string, Numbers>>
  readonly loss: number
  readonly gradients: Readonly<Record<string, Numbers>>
}

/** What make-gradient-fixtures.py writes. */
export const gradientFixtures = JSON.parse(readFileSync(fixturePath('gradients.json'), 'utf8')) as {
  readonly losses: Readonly<Record<string, GradientFixture>>
  readonly bertLayer: GradientFixture
  readonly invertedResidual: GradientFixture
}

export function tensorOf({ dims, data }: Numbers): Tensor<'float32'> {
  return float32(dims, data)
}
