import { expect, it } from 'vitest'
import { Catalog } from '../src/shop/catalog.js'
import type { MethodOptions } from '../src/contract/recommender-method.js'
import { fineTunedMethod } from '../src/methods/behavior-methods.js'
import { scratchMethod } from '../src/methods/sequence-method.js'
import { historiesOf } from './histories.js'
import { circleShop } from './ranking-shop.js'

const catalog = new Catalog(Array.from({ length: 60 }, (_, item) => ({ id: String(item) })))
const { histories, texts } = circleShop(40, 1)
const material = { catalog, terms: texts, texts }

/** What is said while something runs: notices alone. */
async function said(run: (options: MethodOptions) => Promise<unknown>): Promise<string[]> {
  const notices: string[] = []
  await run({ onEvent: (event) => notices.push(event.type === 'notice' ? event.message : `event ${event.type}`) })
  return notices
}

it('a pre-trained network whose tuning diverges in a shop says so', async () => {
  const method = fineTunedMethod(undefined, { learningRate: 1e30, folds: 2 })
  const notices = await said((options) => method.fit(material, histories, {}, options))
  expect(notices[0]).toContain('The tuning stopped at step')
  expect(notices.at(-1)).toBe(
    'What diverges on a part of the users is not tried on all. The network stays as it was pre-trained.',
  )
})

it('a sequence model that finds no sequences says that it stays untrained', async () => {
  const single = historiesOf([[1], [2]], 60)
  expect(await said((options) => scratchMethod.fit(material, single, {}, options))).toEqual([
    'No user took one item after another: the sequence model stays untrained.',
  ])
})
