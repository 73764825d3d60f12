import { type Run, startRun } from '@headstart/core'
import { expect, it } from 'vitest'
import { Catalog } from '../src/shop/catalog.js'
import { fineTunedMethod } from '../src/methods/behavior-methods.js'
import { scratchMethod } from '../src/methods/sequence-method.js'
import { historiesOf } from './histories.js'
import { circleShop } from './ranking-shop.js'

const catalog = new Catalog(Array.from({ length: 60 }, (_, item) => ({ id: String(item) })))
const { histories, texts } = circleShop(40, 1)
const material = { catalog, terms: texts, texts }

/** What is said while something runs: notices alone. */
async function said(work: (run: Run) => Promise<unknown>): Promise<string[]> {
  const notices: string[] = []
  const onEvent: Run['onEvent'] = (event) =>
    notices.push(event.type === 'notice' ? event.message : `event ${event.type}`)
  await work(startRun({ onEvent }))
  return notices
}

it('a pre-trained network whose tuning diverges in a shop says so', async () => {
  const method = fineTunedMethod(undefined, { learningRate: 1e30, folds: 2 })
  const notices = await said((run) => method.fit(material, histories, {}, run))
  expect(notices[0]).toContain('The tuning stopped at step')
  expect(notices.at(-1)).toBe(
    'What diverges on a part of the users is not tried on all. The network stays as it was pre-trained.',
  )
})

it('a sequence model that finds no sequences says that it stays untrained', async () => {
  const single = historiesOf([[1], [2]], 60)
  expect(await said((run) => scratchMethod.fit(material, single, {}, run))).toEqual([
    'No user took one item after another: the sequence model stays untrained.',
  ])
})
