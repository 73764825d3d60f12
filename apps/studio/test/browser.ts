import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'
import { chromium, openChromium } from '../../../packages/web/test/chromium.js'

export { chromium }

export const axe: string = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

export interface Opened {
  readonly page: Page
  /** Whatever goes wrong on it, and every request to another host. */
  readonly trouble: string[]
}

export interface Browser {
  /** @param options `neighbors`: whether maps are arranged by neighbors, which takes seconds of a processor. Default: they are not. */
  open(
    address: string,
    options?: { readonly width?: number; readonly dark?: boolean; readonly neighbors?: boolean },
  ): Promise<Opened>
  /** What was opened is over. Its tabs are used again: a new one, with a process of its own, costs as much as many a test. */
  clear(): Promise<void>
  close(): Promise<void>
}

/**
 * A browser; every page of it is watched.
 * @param profile Its folder. Default: one that goes when it is closed.
 */
export async function openBrowser(profile = ''): Promise<Browser> {
  const context = await openChromium(
    profile,
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--hide-scrollbars',
  )
  /** Tabs that nobody uses. */
  const free: Page[] = []
  const opened: Page[] = []
  return {
    async open(address, { width = 1280, dark = false, neighbors = false } = {}) {
      const page = free.pop() ?? (await newTab(context))
      opened.push(page)
      const trouble: string[] = []
      page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()))
      page.on('pageerror', (error) => trouble.push(String(error)))
      page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).host !== new URL(address).host)
          trouble.push(request.url())
      })
      await page.setViewportSize({ width, height: 800 })
      // Without transitions: colors in between have any contrast.
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
      await page.goto(neighbors ? address.replace('#', `?${byNeighbors}#`) : address)
      await page.getByRole('heading', { level: 1 }).waitFor()
      return { page, trouble }
    },
    async clear() {
      for (const page of opened.splice(0)) {
        if (page.isClosed()) continue
        for (const event of ['console', 'pageerror', 'request'] as const) page.removeAllListeners(event)
        await page.unrouteAll()
        // Nothing of it is left, and what comes next is loaded anew, whatever its address.
        await page.goto('about:blank')
        free.push(page)
      }
    },
    close: () => context.close(),
  }
}

/** Marks an address whose maps are arranged by neighbors. */
const byNeighbors = 'neighbors'

async function newTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.addInitScript(`
    if (location.search !== '?${byNeighbors}' && location.protocol !== 'about:')
      sessionStorage.setItem('headstart-studio:map-by-neighbors', 'false')`)
  return page
}

/**
 * What axe finds on a page that is serious or worse, as sentences.
 * @param rules Default: all.
 * @param within Selects a part of it, where the rest was looked at before. Default: the whole page.
 */
export async function seriousFindings(
  page: Page,
  rules?: readonly string[],
  within = 'html',
): Promise<readonly string[]> {
  // As the devtools do, past the policy that a page is served with.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(await readFile(axe, 'utf8'))
  return page.evaluate(
    async ([rules, within]) => {
      const { axe } = globalThis as unknown as { axe: Axe }
      // Only sentences leave the page: all that axe says, of every element that is right, is megabytes.
      const { violations } = await axe.run(within, {
        resultTypes: ['violations'],
        ...(rules ? { runOnly: rules } : {}),
      })
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(
          ({ id, nodes }) =>
            `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`,
        )
    },
    [rules, within] as const,
  )
}

interface Axe {
  run(
    within: string,
    options: { resultTypes: readonly string[]; runOnly?: readonly string[] },
  ): Promise<{ violations: Violation[] }>
}

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}
