import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, chromium, type Opened, seriousFindings } from '../browser.js'
import { type Pretender, pretendStudio } from '../pretend-studio.js'
import {
  pretendedBot,
  pretendedPairs,
  pretendedPictures,
  pretendedSeveral,
  pretendedSeveralPictures,
  pretendedShop,
  pretendedTexts,
} from '../pretended.js'
import { sharedBrowser } from '../shared-browser.js'
import { steps, toStep } from './pages.js'

const kinds = {
  texts: pretendedTexts,
  pictures: pretendedPictures,
  'a shop': pretendedShop,
  translations: pretendedPairs,
  'texts with several labels': pretendedSeveral,
  'pictures with several labels': pretendedSeveralPictures,
  'a bot': pretendedBot,
} as const

/** One page for each kind: it is the loading of pages that takes long. Its tests follow each other through the steps. */
describe.runIf(chromium !== undefined).each(Object.entries(kinds))('the page of %s, in Chromium', (_, make) => {
  let browser: Browser
  let studio: Pretender
  let opened: Opened
  beforeAll(async () => {
    browser = await sharedBrowser()
    studio = await pretendStudio(make())
    opened = await browser.open(`${studio.address}#${steps[0]}`, { width: narrow })
  })
  afterAll(async () => {
    await browser.clear()
    studio.close()
  })

  const narrow = 360
  let shown = ''
  /** The page at a step, which it came to while it was narrow, as one does on a phone; in a width. */
  async function at(step: string, width = 1280): Promise<Page> {
    const { page } = opened
    if (shown !== step) {
      await page.setViewportSize({ width: narrow, height: 800 })
      await toStep(page, step)
      if (step === 'try') await ask(page)
      shown = step
    }
    if (page.viewportSize()?.width !== width) await page.setViewportSize({ width, height: 800 })
    return page
  }

  describe.each(steps)('at the step %s', (step) => {
    // What stands around the work is the same in each step.
    const part = step === steps[0] ? 'html' : 'main'

    it(`stands on ${narrow} pixels`, async () => {
      const page = await at(step, narrow)
      expect(await seriousFindings(page, undefined, part)).toEqual([])
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(wider).toBeLessThanOrEqual(0)
      const cards = page.locator('.card:visible, .tile:visible')
      const narrowest = await cards.evaluateAll((all) => Math.min(999, ...all.map((card) => card.clientWidth)))
      expect(narrowest).toBeGreaterThan(100)
    })

    it('has no serious findings of axe, light and dark', async () => {
      const page = await at(step)
      expect(await seriousFindings(page, undefined, part)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      // In the dark only colors differ.
      expect(await seriousFindings(page, ['color-contrast'], part)).toEqual([])
      await page.emulateMedia({ colorScheme: 'light' })
    })

    it('leads to all that can be done by Tab', async () => {
      expect(await unreached(await at(step))).toEqual([])
    })

    it('asks nobody else, and nothing goes wrong', async () => {
      await at(step)
      expect(opened.trouble).toEqual([])
    })
  })
})

/** Does what fills a step: a question is answered. */
async function ask(page: Page): Promise<void> {
  const field = page.getByRole('main').getByRole('textbox').first()
  if ((await field.count()) === 0) return
  await field.fill('Where is it?')
  await field.press('Enter')
  await page.waitForTimeout(600)
}

/** What of the work no Tab comes to. */
async function unreached(page: Page): Promise<readonly string[]> {
  const count = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>(
      'main :is(a[href], button, input, select, textarea, summary, [tabindex="0"])',
    )
    const wanted = [...all].filter(
      (one) => one.tabIndex >= 0 && one.checkVisibility() && !one.matches(':disabled, [type=file]'),
    )
    document.getElementById('work')?.focus()
    for (const one of wanted) one.dataset['unreached'] = ''
    // The page itself marks what was come to: to ask it after each press takes longer than the press.
    document.addEventListener('focusin', ({ target }) => delete (target as HTMLElement).dataset['unreached'])
    return wanted.length
  })
  const left = page.locator('[data-unreached]')
  // Each press comes to one at most.
  for (let presses = 0, next = count; next > 0 && presses < count + 20; next = await left.count()) {
    for (let press = 0; press < next; press++, presses++) await page.keyboard.press('Tab')
  }
  return left.evaluateAll((all) => all.map((one) => one.outerHTML))
}
