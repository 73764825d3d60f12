import { describe, expect, it } from 'vitest'
import { chromium } from '../browser.js'
import { pretendedTexts } from '../pretended.js'
import { pagesOf, toStep } from './pages.js'

describe.runIf(chromium !== undefined)('what the page keeps, in Chromium', () => {
  const pages = pagesOf()

  it('keeps what is typed over a reload, and the step', async () => {
    const { page } = await pages.open(pretendedTexts(), 'bring')
    await page.getByLabel(/One example a line/).fill('refund\tMoney back\nrefund\tThey do not fit')
    await page.reload()
    await page.getByRole('button', { name: 'Add 2 examples' }).click()
    await page.getByText('2 examples added.').waitFor()
    expect(await page.getByLabel(/One example a line/).inputValue()).toBe('')
    await toStep(page, 'try')
    await page.getByLabel('What is to be answered').fill('Where is it?')
    await page.reload()
    await page.getByText('83 % sure').waitFor()
    expect(await page.getByLabel('What is to be answered').inputValue()).toBe('Where is it?')
  })

  it('goes dark and light by a button, and remembers it', async () => {
    const { page } = await pages.open(pretendedTexts(), 'bring')
    const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await paper()
    await page.getByRole('button', { name: 'Dark colors' }).click()
    const dark = await paper()
    expect(dark).not.toBe(light)
    await page.reload()
    await page.getByRole('button', { name: 'Light colors' }).waitFor()
    expect(await paper()).toBe(dark)
    await page.getByRole('button', { name: 'Light colors' }).click()
    expect(await paper()).toBe(light)
  })
})
