import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { TrainEvent } from '../src/contract/progress.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { loadModel } from '../src/model/load-model.js'
import type { Model } from '../src/model/model.js'
import { temporaryFolder } from './temporary-folder.js'
import { lettersLoader, tinyBackbone } from './tiny-backbone.js'
import { type Part, tinyDataset } from './tiny-data.js'

const cache = false

/** What is said of figures on some examples. */
async function saidBy(model: Model<string, Part>, data: ReturnType<typeof tinyDataset>) {
  const notices: string[] = []
  const onEvent = (event: TrainEvent): void => void (event.type === 'notice' && notices.push(event.message))
  const { trainedOn } = await model.evaluate(data, { cache, onEvent })
  return { notices: notices.filter((notice) => notice.includes('trained on')), trainedOn }
}

describe('a model that is measured on its own training examples', () => {
  it.each([{ keep: false }, { keep: true }])('says so, saved as well, where keep is $keep', async ({ keep }) => {
    const [train, others] = [tinyDataset(10), tinyDataset(10, 7)]
    const model = await fineTune(tinyBackbone(), train, { cache, l2: 0.01, keep })
    const folder = join(await temporaryFolder(), 'model')
    await model.save(folder)
    const saved = await loadModel<string, Part>(folder, [lettersLoader])
    for (const one of [model, saved]) {
      const { notices, trainedOn } = await saidBy(one, train)
      expect(notices).toEqual([expect.stringMatching(/^All 30 examples to measure on were trained on as well/)])
      expect(trainedOn).toBe(30)
      expect(await saidBy(one, others)).toEqual({ notices: [], trainedOn: undefined })
    }
  })

  it('says it of a tuned network', async () => {
    const train = tinyDataset(10)
    const model = await fineTune(tinyBackbone(), train, { cache, unfreeze: 1, epochs: 1 })
    expect((await saidBy(model, train)).notices).toHaveLength(1)
  })
})
