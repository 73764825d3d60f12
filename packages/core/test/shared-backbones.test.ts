import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { TunableBackbone } from '../src/contract/backbone.js'
import { InputError } from '../src/contract/errors.js'
import type { SharedBackbones } from '../src/contract/task.js'
import { sharedBackbones } from '../src/features/shared-backbones.js'
import type { Dataset } from '../src/data/dataset.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { loadModel } from '../src/model/load-model.js'
import { temporaryFolder } from './temporary-folder.js'
import { letters, lettersLoader, tinyBackbone } from './tiny-backbone.js'
import { relabeled, tinyDataset } from './tiny-data.js'
import { tinyTexts } from './tiny-model.js'

let place = ''
beforeEach(async () => {
  place = await temporaryFolder()
})

/** Saves a model under a name, on the network of a seed. */
async function saved(name: string, seed: number, data: Dataset<string> = tinyDataset(10)): Promise<void> {
  await (await fineTune(tinyBackbone({ seed }), data, { cache: false, l2: 0.01 })).save(join(place, name))
}
const load = (name: string, share?: SharedBackbones) => loadModel(join(place, name), [lettersLoader], { share })

describe('models that are loaded together', () => {
  it('have one network where it is the same, answer as alone, and go on when others are closed', async () => {
    await saved('first', 1)
    await saved(
      'second',
      1,
      relabeled(10, 1, (_, part) => `part ${part}`),
    )
    await saved('other', 2)
    const alone = await Promise.all(['first', 'second', 'other'].map((name) => load(name)))
    const expected = await Promise.all(alone.map((model) => model.predict(tinyTexts)))
    const share = sharedBackbones()
    const [first, second, other] = await Promise.all(['first', 'second', 'other'].map((name) => load(name, share)))
    const networkOf = (model: typeof first) => (model?.backbone as TunableBackbone | undefined)?.network
    expect(networkOf(second)).toBe(networkOf(first))
    expect(networkOf(other)).not.toBe(networkOf(first))
    const answers = await Promise.all([first, second, other].map((model) => model?.predict(tinyTexts)))
    expect(answers).toEqual(expected)
    await first?.close()
    expect(await second?.predict(tinyTexts)).toEqual(expected[1])
    await second?.close()
    const again = await load('first', share)
    expect(networkOf(again)).not.toBe(networkOf(first))
    // Whatever is asked after it was closed begins anew.
    expect(await first?.predict(tinyTexts)).toEqual(expected[0])
  })
})

describe('a backbone that several have', () => {
  /** One that says how many inputs ran through it; 'wait' runs until it is let go. */
  function counted() {
    const asked: string[][] = []
    const waiting: (() => void)[] = []
    const backbone = tinyBackbone()
    const embed: TunableBackbone<string>['embed'] = async (inputs, options) => {
      if (inputs.length > 0) asked.push([...inputs])
      if (inputs.includes('wait')) await new Promise<void>((resolve) => waiting.push(resolve))
      options?.signal?.throwIfAborted()
      const readable = inputs.filter((input, at) => {
        if (input !== 'bad') return true
        options?.onUnreadable?.(at, new InputError('input', 'a text', 'bad', ''))
        return false
      })
      const features = await backbone.embed(readable, { ...options, onUnreadable: undefined })
      if (readable.length === inputs.length) return features
      return { ...features, rows: inputs.length, data: Float32Array.from({ length: inputs.length * features.columns }) }
    }
    const share = sharedBackbones()
    const make = (): TunableBackbone<string> => ({ ...backbone, preprocessing: letters(), embed })
    return { take: () => share.take('key', make), asked, letGo: () => waiting.splice(0).forEach((go) => go()) }
  }

  it('reads what all are asked about once, also where it is asked at the same time', async () => {
    const { take, asked, letGo } = counted()
    const [one, two] = [take(), take()]
    const both = Promise.all([one.embed(['wait', 'a']), two.embed(['a', 'b', 'wait'])])
    await new Promise((resolve) => setTimeout(resolve, 20))
    letGo()
    const [first, second] = await both
    expect(asked).toEqual([['wait', 'a'], ['b']])
    const alone = await tinyBackbone().embed(['a', 'b', 'wait'])
    expect(second).toEqual(alone)
    expect(first.data.slice(0, first.columns)).toEqual(alone.data.slice(2 * first.columns))
    await one.embed(['a', 'b'])
    expect(asked).toHaveLength(2)
  })

  it('computes itself what somebody else gave up', async () => {
    const { take, asked, letGo } = counted()
    const [one, two] = [take(), take()]
    const gone = new AbortController()
    const lost = one.embed(['wait'], { signal: gone.signal })
    const kept = two.embed(['wait'])
    await new Promise((resolve) => setTimeout(resolve, 20))
    gone.abort()
    letGo()
    await expect(lost).rejects.toThrow(/aborted/)
    await new Promise((resolve) => setTimeout(resolve, 20))
    letGo()
    expect(await kept).toEqual(await tinyBackbone().embed(['wait']))
    expect(asked).toEqual([['wait'], ['wait']])
  })

  it('says of each input that cannot be read that it cannot, every time', async () => {
    const { take } = counted()
    const [one, two] = [take(), take()]
    for (const backbone of [one, two, one]) {
      const errors: number[] = []
      await backbone.embed(['a', 'bad'], { onUnreadable: (at) => void errors.push(at) })
      expect(errors).toEqual([1])
    }
    await expect(one.embed(['bad'])).rejects.toThrow(InputError)
  })

  it('remembers nothing while one alone has it', async () => {
    const { take, asked } = counted()
    const only = take()
    await only.embed(['a'])
    await only.embed(['a'])
    expect(asked).toEqual([['a'], ['a']])
  })
})
