import type { Locator } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromium } from '../browser.js'
import { pretendedTexts } from '../pretended.js'
import { pagesOf } from './pages.js'

describe.runIf(chromium !== undefined)('keys alone, in Chromium', () => {
  const pages = pagesOf()

  it('is walked through by keys alone, all six steps', async () => {
    const held = pretendedTexts()
    const { page } = await pages.open(held, 'bring')
    await page.getByRole('heading', { name: '120 examples' }).waitFor()
    /** Tab, until it is there. */
    const tabTo = async (target: Locator): Promise<void> => {
      await target.waitFor()
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab')
        if (await target.evaluate((element) => element === document.activeElement)) return
      }
      expect.unreachable(`No Tab leads to ${target}.`)
    }
    // The first one leads past the steps and the data; steps come before the work again.
    const step = async (name: string): Promise<void> => {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      await tabTo(page.getByRole('link', { name }))
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name, exact: false }).and(page.locator('[aria-current=step]')).waitFor()
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
    const work = page.getByRole('main')

    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await work.evaluate((element) => element === document.activeElement)).toBe(true)
    await tabTo(page.getByLabel(/One example a line/))
    await page.keyboard.type('By keys alone')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('heading', { name: '121 examples' }).waitFor()

    await step('Label')
    await page.getByText('25 examples left', { exact: true }).waitFor()
    await page.keyboard.press('2')
    await expect.poll(() => held.examples[96]?.label).toBe('refund')

    await step('Train')
    const asked = page.waitForRequest((request) => request.url().endsWith('/api/train'))
    await tabTo(page.getByRole('button', { name: 'Train again' }))
    await page.keyboard.press('Enter')
    expect((await asked).postDataJSON()).toMatchObject({ methods: ['frozen'] })

    await step('Look')
    await tabTo(work.getByRole('button', { name: /answered rightly/ }).first())
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await tabTo(page.getByRole('application', { name: /Map of/ }))
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'On the map' }).waitFor()
    await page.keyboard.press('Escape')

    await step('Try')
    await tabTo(page.getByLabel('What is to be answered'))
    await page.keyboard.type('Where is it?')
    await page.getByText('83 % sure').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Added as delivery.').waitFor()

    await step('Take')
    await tabTo(page.getByRole('button', { name: 'Copy: TypeScript that loads it' }))
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => getSelection()?.type)).toBeDefined()
  })
})
