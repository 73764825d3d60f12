import { describe, expect, it } from 'vitest'
import { chromium, seriousFindings } from '../browser.js'
import { pretendedTexts } from '../pretended.js'
import { pagesOf } from './pages.js'

describe.runIf(chromium !== undefined)('labeling, in Chromium', () => {
  const pages = pagesOf()

  it('labels 20 texts in 20 key presses, takes back and skips, and every tab sees it', async () => {
    const held = pretendedTexts()
    const { page, studio } = await pages.open(held, 'label')
    const other = await pages.openTab(studio, 'label')
    await page.getByText('24 examples left', { exact: true }).waitFor()
    for (let n = 0; n < 20; n++) await page.keyboard.press(String((n % 4) + 1))
    await page.getByText('4 examples left', { exact: true }).waitFor()
    await other.page.getByText('4 examples left', { exact: true }).waitFor()
    const wanted = Array.from({ length: 20 }, (_, n) => held.project.labels[n % 4]?.name)
    await expect.poll(() => held.examples.slice(96, 116).map(({ label }) => label)).toEqual(wanted)

    await page.keyboard.press('u')
    await page.getByRole('region', { name: 'To be labeled' }).getByText('(116)').waitFor()
    await page.keyboard.press('s')
    await page.getByRole('region', { name: 'To be labeled' }).getByText('(117)').waitFor()
    await page.keyboard.press('Control+z')
    await page.getByRole('region', { name: 'To be labeled' }).getByText('(116)').waitFor()
    await expect.poll(() => held.examples[115]?.label).toBeNull()
  })

  it('goes through suspects by keys: keeps a label, takes the likelier one, and takes back', async () => {
    const held = pretendedTexts()
    const { page } = await pages.open(held, 'bring')
    await page.getByRole('button', { name: 'Look through them' }).click()
    const shown = page.getByRole('region', { name: 'To be labeled' })
    await shown.getByText('It is labeled delivery; held-out answers say refund.').waitFor()
    await page.keyboard.press('k')
    await shown.getByText('It is labeled refund; held-out answers say delivery.').waitFor()
    await page.keyboard.press('Enter')
    await shown.getByText('It is labeled praise').waitFor()
    // The page goes on before its labels have arrived.
    await expect.poll(() => held.examples.slice(0, 2).map(({ label }) => label)).toEqual(['delivery', 'delivery'])
    await expect.poll(() => held.confirmed).toEqual(['e0'])
    await page.keyboard.press('u')
    await expect.poll(() => held.examples[1]?.label).toBe('refund')
    // What was kept is a suspect again.
    await page.keyboard.press('u')
    await shown.getByText('It is labeled delivery; held-out answers say refund.').waitFor()
    await expect.poll(() => held.confirmed).toEqual([])
    expect(held.examples[0]?.label).toBe('delivery')
  })

  it('finds one of many labels by its first letters, and makes a new one of what is none', async () => {
    const held = pretendedTexts()
    const more = Array.from({ length: 12 }, (_, place) => ({ name: `label ${'abcdefghijkl'[place]}`, count: 0 }))
    held.project = { ...held.project, labels: [...held.project.labels, ...more] }
    const { page } = await pages.open(held, 'label')
    const given = (place: number) => held.examples[96 + place]?.label
    await page.getByText('24 examples left', { exact: true }).waitFor()
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key)
    }
    await press('n', ...'label k', 'Enter')
    await expect.poll(() => given(0)).toBe('label k')
    await press('/', 'r', 'e', 'f')
    await page.getByText('Enter takes refund, Ctrl Enter makes "ref" a new label').waitFor()
    await press('Control+Enter')
    await expect.poll(() => given(1)).toBe('ref')
    await press('n', ...'ref', 'Escape', '1')
    await expect.poll(() => given(2)).toBe('delivery')
    expect(await seriousFindings(page)).toEqual([])
  })

  it('gives several labels by keys: each is taken to them, Enter gives them, 0 gives none', async () => {
    const held = pretendedTexts()
    held.project = { ...held.project, kind: 'multi-label' }
    const { page } = await pages.open(held, 'label')
    const given = (place: number) => held.examples[96 + place]?.label
    await page.getByText('24 examples left', { exact: true }).waitFor()
    // It begins with what is guessed: delivery.
    await page.getByRole('button', { name: 'delivery', pressed: true }).waitFor()
    for (const key of ['3', '2', 'Enter']) await page.keyboard.press(key)
    await expect.poll(() => given(0)).toBe('delivery|refund|praise')
    await page.keyboard.press('0')
    await expect.poll(() => given(1)).toBe('[]')
    await page.keyboard.press('Enter')
    await expect.poll(() => given(2)).toBe('praise')
    expect(await seriousFindings(page)).toEqual([])
  })

  it('takes a number for each, typed at once, and the guess by Enter', async () => {
    const held = pretendedTexts()
    held.project = {
      ...held.project,
      kind: 'regression',
      labels: ['3.1', '3.2', '3.3'].map((name) => ({ name, count: 0 })),
    }
    const { page } = await pages.open(held, 'label')
    const given = (place: number) => held.examples[96 + place]?.label
    await page.getByText('24 examples left', { exact: true }).waitFor()
    for (const key of ['4', ',', '5', 'Enter']) await page.keyboard.press(key)
    await expect.poll(() => given(0)).toBe('4.5')
    for (const key of ['x', 'Enter']) await page.keyboard.press(key)
    await page.getByText('Expected a number, such as 3.5.').waitFor()
    for (const key of ['Backspace', 'Enter']) await page.keyboard.press(key)
    await expect.poll(() => given(1)).toBe('3.2')
    await page.keyboard.press('Escape')
    await page.keyboard.press('u')
    await expect.poll(() => given(1)).toBeNull()
    expect(await seriousFindings(page)).toEqual([])
  })
})
