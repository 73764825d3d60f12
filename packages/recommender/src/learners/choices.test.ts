import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { shopOf, smallLists } from '../../test/small-shop.js'
import { folderOf } from '../../test/temporary-folder.js'
import type { RecommenderMethod } from '../contract/recommender-method.js'
import { easeTextMethod, itemKnnMethod, popularityMethod } from '../methods/baseline-methods.js'
import { scratchMethod } from '../methods/sequence-method.js'
import { trainRecommender } from './train-recommender.js'

const shop = shopOf(smallLists)
const methods = [popularityMethod, itemKnnMethod, easeTextMethod]

/** The same methods, counting how often each was asked to choose; a kill in the last one's. */
function watched(chosen: string[], killed?: string): RecommenderMethod[] {
  return methods.map((method) => ({
    ...method,
    choose: async (...args) => {
      if (method.name === killed) throw new TypeError('killed')
      chosen.push(method.name)
      return method.choose(...args)
    },
  }))
}

/** A training that ended in the middle, and the file that it left. */
async function interrupted(): Promise<string> {
  const checkpoint = join(await folderOf({}), 'model.checkpoint')
  await expect(trainRecommender(shop, { methods: watched([], 'ease-text'), checkpoint })).rejects.toThrow('killed')
  return checkpoint
}

describe('a training of a shop that was interrupted', () => {
  it('goes on with the method that it was at, and gives the same bytes', async () => {
    const checkpoint = await interrupted()
    const chosen: string[] = []
    const resumed = await trainRecommender(shop, { methods: watched(chosen), checkpoint, resume: true })
    expect(chosen).toEqual(['ease-text'])
    const whole = await trainRecommender(shop, { methods })
    expect(await resumed.pack()).toEqual(await whole.pack())
  })

  it.each(['choosing', 'fitting'])('goes on within a sequence model, and leaves nothing behind: %s', async (what) => {
    const folder = await folderOf({})
    const checkpoint = join(folder, 'model.checkpoint')
    const part = `${checkpoint}.${what === 'choosing' ? 'scratch' : 'fit'}`
    const whole = await trainRecommender(shop, { methods: [scratchMethod] })
    const ends = new AbortController()
    // Steps are said to nobody, so that it is ended when its checkpoint is there.
    const watching = setInterval(() => existsSync(part) && ends.abort(new TypeError('killed')), 1)
    await expect(trainRecommender(shop, { methods: [scratchMethod], checkpoint, signal: ends.signal })).rejects.toThrow(
      'killed',
    )
    clearInterval(watching)
    expect(existsSync(part)).toBe(true)
    const resumed = await trainRecommender(shop, { methods: [scratchMethod], checkpoint, resume: true })
    expect(await resumed.pack()).toEqual(await whole.pack())
    expect(await readdir(folder)).not.toContain(basename(part))
  })

  it('begins anew where it is not told to resume, and where there is no checkpoint, which is said', async () => {
    const checkpoint = await interrupted()
    const chosen: string[] = []
    await trainRecommender(shop, { methods: watched(chosen), checkpoint })
    expect(chosen).toHaveLength(3)
    const notices: string[] = []
    await trainRecommender(shop, {
      methods: [popularityMethod],
      checkpoint: `${checkpoint}.none`,
      resume: true,
      onEvent: (event) => event.type === 'notice' && notices.push(event.message),
    })
    expect(notices).toContain(`${checkpoint}.none: there is no checkpoint; the training starts at the beginning.`)
  })

  it.each([
    ['another seed', { seed: 1 }],
    ['other users to ask', { askedUsers: 5 }],
  ])('refuses to go on with %s', async (_, options) => {
    const checkpoint = await interrupted()
    await expect(trainRecommender(shop, { methods, checkpoint, resume: true, ...options })).rejects.toThrow(
      `${checkpoint}: expected a checkpoint of this training, got one of other data, options or seed.`,
    )
  })

  it.each([
    ['no JSON', () => 'x'],
    ['other numbers', (text: string) => text.replace(/"ndcg":0\.\d/, '"ndcg":0.9')],
    ['half a file', (text: string) => text.slice(0, text.length / 2)],
  ])('refuses a damaged checkpoint: %s', async (_, damage) => {
    const checkpoint = await interrupted()
    const text = await readFile(checkpoint, 'utf8')
    expect(damage(text)).not.toBe(text)
    await writeFile(checkpoint, damage(text))
    await expect(trainRecommender(shop, { methods, checkpoint, resume: true })).rejects.toThrow(
      'expected a checkpoint as it was written',
    )
  })

  it('says that a checkpoint cannot be written, and ends all the same', async () => {
    const folder = await folderOf({ file: 'x' })
    const notices: string[] = []
    await trainRecommender(shop, {
      methods: [popularityMethod],
      checkpoint: join(folder, 'file', 'in-a-file'),
      onEvent: (event) => event.type === 'notice' && notices.push(event.message),
    })
    expect(notices.some((message) => message.startsWith('The training goes on without checkpoints'))).toBe(true)
  })
})
