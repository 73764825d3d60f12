import type { Page } from 'playwright-core'
import { afterEach, beforeAll } from 'vitest'
import type { Browser, Opened } from '../browser.js'
import { type Pretended, type Pretender, pretendStudio } from '../pretend-studio.js'
import { sharedBrowser } from '../shared-browser.js'

export const steps = ['bring', 'label', 'train', 'look', 'try', 'take'] as const

/** How a page is opened. */
export interface PageOptions {
  readonly neighbors?: boolean
}

/** Pages of pretended studios. */
export interface Pages {
  /** A page on a studio of its own. */
  open(held: Pretended, step: string, options?: PageOptions): Promise<Opened & { readonly studio: Pretender }>
  /** Another page on a studio that is there. */
  openTab(studio: Pretender, step: string): Promise<Opened>
  /** @param port Where it answers. */
  pretend(held: Pretended, port: number): Promise<Pretender>
}

/** For the tests that stand beside it: what a test opens ends with it. */
export function pagesOf(): Pages {
  let browser: Browser
  const studios: Pretender[] = []
  beforeAll(async () => {
    browser = await sharedBrowser()
  })
  afterEach(async () => {
    await browser.clear()
    for (const studio of studios.splice(0)) studio.close()
  })
  const pretend = async (held: Pretended, port?: number): Promise<Pretender> => {
    const studio = await pretendStudio(held, port)
    studios.push(studio)
    return studio
  }
  return {
    async open(held, step, options) {
      const studio = await pretend(held)
      return { ...(await browser.open(`${studio.address}#${step}`, options)), studio }
    },
    openTab: (studio, step) => browser.open(`${studio.address}#${step}`),
    pretend,
  }
}

/** Goes to a step, as a link does. */
export async function toStep(page: Page, step: string): Promise<void> {
  await page.evaluate((step) => (location.hash = step), step)
  await page.locator(`a[href="#${step}"][aria-current]`).waitFor()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForTimeout(150)
}
