import { setRuntime } from '@headstart/onnx'
import { watchedRuntime } from '@headstart/onnx/test'
import { afterEach, describe, expect, it } from 'vitest'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { loadModel } from '../src/model/load-model.js'
import { layeredBackbone } from './layered-backbone.js'
import { temporaryFolder } from './temporary-folder.js'
import { lettersLoader, tinyBackbone } from './tiny-backbone.js'
import { tinyDataset } from './tiny-data.js'
import { tinyTexts } from './tiny-model.js'

afterEach(() => setRuntime(undefined))

/** A machine with a GPU: the CPU under its name. */
async function machineWithGpu() {
  const watched = await watchedRuntime(['gpu'])
  setRuntime(watched.runtime)
  return { ...watched, onGpu: () => watched.devices.filter(([first]) => first === 'gpu').length }
}

describe('a device that is asked for', () => {
  it('runs the network of a model that is trained and loaded, and is said', async () => {
    const { onGpu } = await machineWithGpu()
    const notices: string[] = []
    const onEvent = (event: { type: string; message?: string }): void => {
      if (event.type === 'notice' && event.message) notices.push(event.message)
    }
    const model = await fineTune(tinyBackbone(), tinyDataset(10), { cache: false, l2: 0.01, device: 'gpu', onEvent })
    expect(notices).toEqual(['What is computed by tiny runs on gpu; the head is solved on the CPU.'])
    const answers = await model.predict(tinyTexts)
    expect(onGpu()).toBe(1)

    const folder = `${await temporaryFolder()}/model`
    await model.save(folder)
    const again = await loadModel(folder, [lettersLoader], { device: ['gpu', 'cpu'] })
    expect(await again.predict(tinyTexts)).toEqual(answers)
    expect(onGpu()).toBe(2)
  })

  it('runs the stages that are tuned, too', async () => {
    const { devices } = await machineWithGpu()
    const tuning = { unfreeze: 1, epochs: 1, l2: 0.01, cache: false, device: ['gpu', 'cpu'] } as const
    await fineTune(layeredBackbone(), tinyDataset(10), tuning)
    const elsewhere = devices.filter(([first]) => first === 'cpu')
    // The frozen part, the tuned part, and the training graphs; heads alone stay on the CPU.
    expect(devices.length - elsewhere.length).toBeGreaterThanOrEqual(3)
  })

  it('is refused where it is not there: nothing falls back in silence', async () => {
    const training = fineTune(tinyBackbone(), tinyDataset(10), { cache: false, l2: 0.01, device: 'tpu' })
    await expect(training).rejects.toThrow(
      /device: expected devices of @headstart\/runtime on this machine \(cpu.*got tpu/,
    )
  })
})

describe('close', () => {
  it('leaves nothing open, however often a model is loaded', async () => {
    const { open } = await machineWithGpu()
    const folder = `${await temporaryFolder()}/model`
    {
      await using model = await fineTune(tinyBackbone(), tinyDataset(10), { cache: false, l2: 0.01 })
      await model.predict(tinyTexts)
      await model.save(folder)
    }
    // The backbone is the caller's: a model that was trained on it leaves it open.
    expect(open()).toBe(1)
    for (let time = 0; time < 30; time++) {
      await using model = await loadModel(folder, [lettersLoader])
      await model.predict(tinyTexts)
      expect(open()).toBe(3)
    }
    expect(open()).toBe(1)
  })

  it('can be called twice, and what is asked afterwards opens again', async () => {
    const { open } = await machineWithGpu()
    const folder = `${await temporaryFolder()}/model`
    await (await fineTune(tinyBackbone(), tinyDataset(10), { cache: false, l2: 0.01 })).save(folder)
    const before = open()
    const model = await loadModel(folder, [lettersLoader])
    const answers = await model.predict(tinyTexts)
    await model.close()
    await model.close()
    expect(open()).toBe(before)
    expect(await model.predict(tinyTexts)).toEqual(answers)
    await model.close()
    expect(open()).toBe(before)
  })

  it('closes a tuned network with its model, and all that training needed', async () => {
    const { open } = await machineWithGpu()
    const backbone = layeredBackbone()
    const tuning = { unfreeze: 2, learningRate: 0.03, epochs: 4, l2: 0.01, cache: false } as const
    const model = await fineTune(backbone, tinyDataset(40), tuning)
    expect(model.recipe.strategy).toBe('joint')
    await model.predict(tinyTexts)
    await model.close()
    await backbone.close()
    expect(open()).toBe(0)
  })
})
