import { describe, expect, it } from 'vitest'
import { OptionError } from '../src/contract/errors.js'
import type { Target } from '../src/contract/target.js'
import type { Dataset } from '../src/data/dataset.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { tinyBackbone } from './tiny-backbone.js'
import { relabeled, tinyDataset, tinyExamples } from './tiny-data.js'
import { tinyModel } from './tiny-model.js'

const cache = false
const inputs = tinyExamples(30, 3).map(({ input }) => input)

describe('Model.next', () => {
  it('chooses inputs that it is uncertain of, none twice and no copies', async () => {
    const model = await tinyModel()
    const { next, verdict } = await model.next([...inputs, ...inputs], { count: 6 })
    const chosen = next.map(({ row }) => [...inputs, ...inputs][row])
    expect(new Set(chosen).size).toBe(6)
    const margins = (await model.predict(inputs)).map(({ probabilities }) => {
      const [first = 0, second = 0] = Object.values(probabilities).sort((a, b) => b - a)
      return first - second
    })
    const usual = margins.reduce((sum, value) => sum + value, 0) / margins.length
    expect(next.reduce((sum, { certainty }) => sum + certainty, 0) / 6).toBeLessThan(usual)
    expect(verdict).toMatch(/was not measured: the model keeps no examples/)
  })

  it('says whether random choice is as good, by examples that it keeps', async () => {
    const model = await fineTune(tinyBackbone(), tinyDataset(14), { cache, keep: true, l2: 0.01 })
    const said = await model.next(inputs, { count: 8 })
    expect(said.measured).toMatchObject({ labels: 8, rounds: 10, gain: expect.any(Number), margin: expect.any(Number) })
    const { gain, margin } = said.measured ?? { gain: 0, margin: 0 }
    const better = 'Choosing like this was better than at random'
    const expected =
      Math.abs(gain) <= margin ? 'Choosing at random was as good' : gain > 0 ? better : 'Choosing at random was better'
    expect(said.verdict).toContain(expected)
    expect(said.text()).toContain(said.verdict)
    expect(said.text().split('\n')).toHaveLength(10)
  })

  it('works for several labels and for numbers', async () => {
    for (const data of [
      relabeled(8, 0, (text, part) => [part, text[0] as string]),
      relabeled(8, 0, (text) => text.codePointAt(0) as number),
    ]) {
      const model = await fineTune(tinyBackbone(), data as Dataset<string, Target> as Dataset<string>, {
        cache,
        l2: 0.01,
      })
      expect((await model.next(inputs, { count: 3 })).next).toHaveLength(3)
    }
  })

  it('chooses no more than there are, and refuses a number that is none', async () => {
    const model = await tinyModel()
    expect((await model.next(['a', 'q', ''], { count: 20 })).next).toHaveLength(3)
    await expect(model.next(inputs, { count: 0 })).rejects.toThrow(OptionError)
  })
})
