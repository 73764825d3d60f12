import '@headstart/onnx/test'
import { setRuntime } from '@headstart/onnx'
import { defaultRuntime } from '@headstart/onnx/kit'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { layeredBackbone } from './layered-backbone.js'
import { tinyDataset } from './tiny-data.js'

const options = { cache: false, unfreeze: 'all', learningRate: 0.03, epochs: 1, batchSize: 16 } as const

/** Probabilities of a network that was trained and asked on the runtime of the environment. */
async function probabilities(): Promise<number[]> {
  await using model = await fineTune(layeredBackbone(), tinyDataset(4), options)
  const answers = await model.predict(tinyDataset(2, 1).examples.map(({ input }) => input))
  return answers.map(({ probability }) => probability)
}

afterEach(() => {
  vi.unstubAllEnvs()
  setRuntime(undefined)
})

describe('HEADSTART_RUNTIME=onnxruntime-web', () => {
  it('trains and asks in WebAssembly, with the same answers', async () => {
    const native = await probabilities()
    vi.stubEnv('HEADSTART_RUNTIME', 'onnxruntime-web')
    setRuntime(undefined)
    const web = await probabilities()
    expect((await defaultRuntime()).name).toBe('onnxruntime-web')
    expect(Math.max(...web.map((value, index) => Math.abs(value - (native[index] ?? NaN))))).toBeLessThan(1e-4)
  })
})
