import { describe, expect, it } from 'vitest'
import { chromium, seriousFindings } from '../browser.js'
import { pretendedTexts } from '../pretended.js'
import { pagesOf } from './pages.js'

describe.runIf(chromium !== undefined)('looking, in Chromium', () => {
  const pages = pagesOf()

  it('opens the examples of a cell of the confusion matrix, by keys alone, and gives the focus back', async () => {
    const held = pretendedTexts()
    const { page } = await pages.open(held, 'look')
    const cell = page.getByRole('button', { name: /of refund taken for delivery/ }).first()
    await cell.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    const wrong = held.confusion?.cells.find(({ given, predicted }) => given === 'refund' && predicted === 'delivery')
    await expect.poll(() => dialog.getByRole('listitem').count()).toBe(wrong?.ids.length)
    expect(await seriousFindings(page)).toEqual([])
    await dialog.getByRole('combobox').first().selectOption('praise')
    await expect.poll(() => held.examples.find(({ id }) => id === wrong?.ids[0])?.label).toBe('praise')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await cell.evaluate((element) => element === document.activeElement)).toBe(true)
  })

  it('says what a threshold costs while it is moved by keys', async () => {
    const { page } = await pages.open(pretendedTexts(), 'look')
    const slider = page.getByLabel('Answer only when at least so sure')
    await page.getByText('It answers everything; of its answers 84 % are right.').waitFor()
    await slider.focus()
    for (let n = 0; n < 60; n++) await page.keyboard.press('ArrowRight')
    await expect
      .poll(() => page.getByText(/^It answers/).innerText())
      .toMatch(/8\d % and leaves 1\d % to you; .* 94 % are right/)
  })
})
