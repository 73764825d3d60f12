import { describe, expect, it } from 'vitest'
import { chromium, seriousFindings } from '../browser.js'
import { pretendedTexts } from '../pretended.js'
import { pagesOf, toStep } from './pages.js'

describe.runIf(chromium !== undefined)('a studio that is gone, in Chromium', () => {
  const pages = pagesOf()

  it('keeps labels while the studio is gone, over a reload of what it had, and sends them when it is back', async () => {
    const held = pretendedTexts()
    const { page, studio } = await pages.open(held, 'label')
    await page.getByText('24 examples left', { exact: true }).waitFor()
    const port = studio.port
    studio.close()
    await page.keyboard.press('1')
    await page.keyboard.press('2')
    await page.getByText('2 labels kept in this browser').waitFor()
    expect(held.examples[96]?.label).toBeNull()

    await pages.pretend(held, port)
    await page.reload()
    await page.getByText('22 examples left', { exact: true }).waitFor()
    await expect.poll(() => held.examples.slice(96, 98).map(({ label }) => label)).toEqual(['delivery', 'refund'])
  })

  it('says that the studio has ended, and that it is back', async () => {
    const held = pretendedTexts()
    const { page, studio } = await pages.open(held, 'train')
    const port = studio.port
    studio.close()
    await page.getByText('The studio does not answer').waitFor()
    await pages.pretend(held, port)
    await page.getByText('The studio does not answer').waitFor({ state: 'detached' })
    await page.getByText('saved in the folder').waitFor()
    expect(await page.getByRole('heading', { name: 'What came of it' }).count()).toBe(1)
  })

  it('keeps no connection in tabs that nobody sees, since a browser has few, and is told all when it is seen', async () => {
    const held = pretendedTexts()
    const { page, studio } = await pages.open(held, 'train')
    await expect.poll(() => studio.listening()).toBe(1)
    const turn = (state: 'hidden' | 'visible'): Promise<void> =>
      page.evaluate((state) => {
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await turn('hidden')
    await expect.poll(() => studio.listening()).toBe(0)
    held.examples.push({ id: 'more', label: 'praise', shown: { type: 'text', text: 'Well done' } })
    held.project = { ...held.project, counts: { ...held.project.counts, total: 121 } }
    await turn('visible')
    await page.getByRole('heading', { name: '121 examples' }).waitFor()
    expect(studio.listening()).toBe(1)
  })

  it('says what to do where the studio was updated while the page was open', async () => {
    const { page } = await pages.open(pretendedTexts(), 'bring')
    await page.route('**/assets/look-step-*.js', (route) => route.fulfill({ status: 404 }))
    await toStep(page, 'bring')
    await page.evaluate(() => (location.hash = 'look'))
    await page.getByRole('alert').getByText('the studio was updated').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.unroute('**/assets/look-step-*.js')
    await page.getByRole('button', { name: 'Load the page anew' }).click()
    await page.getByRole('heading', { name: 'Look' }).waitFor()
  })
})
