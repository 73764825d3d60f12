import { describe, expect, it } from 'vitest'
import { chromium } from '../browser.js'
import { pretendedBot, pretendedPairs } from '../pretended.js'
import { pagesOf, toStep } from './pages.js'

describe.runIf(chromium !== undefined)('what is written, not chosen, in Chromium', () => {
  const pages = pagesOf()

  it('writes what each text is, or takes what the model makes of it, by Enter', async () => {
    const held = pretendedPairs(20)
    const { page, trouble } = await pages.open(held, 'label')
    await page.getByRole('heading', { name: 'Write its translation' }).waitFor()
    const field = page.getByRole('textbox', { name: 'Its translation' })
    await page.getByText('4 examples left', { exact: true }).waitFor()
    await expect.poll(() => field.inputValue()).toBe('Die Datei öffnen')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('Die Datei aufmachen')
    await page.keyboard.press('Enter')
    await page.getByText('3 examples left', { exact: true }).waitFor()
    expect(held.examples[4]?.label).toBe('Die Datei aufmachen')
    // Outside of the field keys mean what they mean elsewhere.
    await page.keyboard.press('Escape')
    await page.keyboard.press('u')
    await page.getByText('4 examples left', { exact: true }).waitFor()
    await expect.poll(() => held.examples[4]?.label).toBeNull()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.getByText('3 examples left', { exact: true }).waitFor()
    await expect.poll(() => held.examples[4]?.label).toBe('Die Datei öffnen')
    await toStep(page, 'try')
    await page.getByLabel('What is to be answered').fill('Open page {n}')
    await page.getByText('The placeholder {n} is missing.').waitFor()
    await page.getByLabel('Correct it, and add it to the data').fill('Seite {n} öffnen')
    await page.getByRole('button', { name: 'Add it with this translation' }).click()
    await expect.poll(() => held.examples.at(-1)?.label).toBe('Seite {n} öffnen')
    await toStep(page, 'look')
    await page.getByRole('heading', { name: 'Where it is furthest off' }).waitFor()
    await page.getByRole('button', { name: 'Show 4 more' }).click()
    await page.getByRole('button', { name: /^Open/ }).first().click()
    await page.getByRole('dialog').getByRole('textbox').waitFor()
    expect(trouble).toEqual([])
  })

  it('edits what a bot says to each label, and says which have no answer yet', async () => {
    const held = pretendedBot()
    const { page, trouble } = await pages.open(held, 'bring')
    await page.getByText('1 label has no answer yet').waitFor()
    await page.getByLabel('Answer 1 to account').fill('You can reset it.')
    await page.getByRole('heading', { name: 'What does it say?' }).click()
    await expect.poll(() => held.replies.at(-1)).toEqual({ label: 'account', texts: ['You can reset it.'] })
    await page.getByText('has no answer yet').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Another answer to refund' }).click()
    await page.getByLabel('Answer 2 to refund').fill('It is on its way.')
    await page.getByLabel('Answer 2 to refund').press('Tab')
    await expect
      .poll(() => held.replies.at(-1))
      .toEqual({ label: 'refund', texts: ['What is said to refund.', 'It is on its way.'] })
    expect(trouble).toEqual([])
  })
})
