import { describe, expect, it } from 'vitest'
import { chromium } from '../browser.js'
import { pretendedTexts } from '../pretended.js'
import { pagesOf } from './pages.js'

describe.runIf(chromium !== undefined)('training, in Chromium', () => {
  const pages = pagesOf()

  it('says of a network that is fetched what that means, and trains with the one that is chosen', async () => {
    const held = pretendedTexts()
    const { page } = await pages.open(held, 'train')
    await page.getByLabel('Begins with the network').selectOption('Xenova/all-MiniLM-L6-v2')
    await page.getByText('23 million weights are fetched from the hub').waitFor()
    const asked = page.waitForRequest((request) => request.url().endsWith('/api/train'))
    await page.getByRole('button', { name: 'Train again' }).click()
    expect((await asked).postDataJSON()).toMatchObject({ network: 'Xenova/all-MiniLM-L6-v2', keep: 'frozen' })
  })

  it('shows how a training goes, live, and cancels it', async () => {
    const held = pretendedTexts()
    const { page, trouble, studio } = await pages.open(held, 'train')
    const points = [1, 2, 3].map((epoch) => {
      return {
        method: 'fine-tuned',
        run: 1,
        epoch,
        epochs: 8,
        loss: 1 / epoch,
        heldOutLoss: null,
        heldOutScore: 0.5 + epoch / 10,
      }
    })
    const job = {
      id: 'j1',
      kind: 'train',
      doing: 'fine-tuned, epoch 3 of 8',
      share: 0.4,
      seconds: 12,
      error: null,
    } as const
    held.project = { ...held.project, job: { ...job, status: 'running', notices: [], points, methods: [] } }
    studio.tell()
    await page.getByRole('status').filter({ hasText: 'fine-tuned, epoch 3 of 8' }).waitFor()
    await page.getByRole('img', { name: 'Loss while it trains' }).locator('canvas').waitFor()
    await page.getByRole('img', { name: 'Held-out score while it trains' }).locator('canvas').waitFor()
    held.project = { ...held.project, job: { ...job, status: 'cancelled', notices: [], points, methods: [] } }
    await page.getByRole('button', { name: 'Cancel' }).click()
    studio.tell()
    await page.getByText('Cancelled: nothing was changed.').waitFor()
    expect(await page.getByRole('button', { name: 'Train again' }).isEnabled()).toBe(true)
    expect(trouble).toEqual([])
  })
})
