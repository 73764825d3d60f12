import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
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
  close(): Promise<void>
}

/** A browser with a profile of its own; every page of it is watched. */
export async function openBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'headstart-chromium-'))
  const context = await openChromium(
    profile,
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--hide-scrollbars',
  )
  return {
    async open(address, { width = 1280, dark = false, neighbors = false } = {}) {
      const page = await context.newPage()
      const trouble: string[] = []
      page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()))
      page.on('pageerror', (error) => trouble.push(String(error)))
      page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).host !== new URL(address).host)
          trouble.push(request.url())
      })
      if (!neighbors)
        await page.addInitScript({ content: "sessionStorage.setItem('headstart-studio:map-by-neighbors', 'false')" })
      await page.setViewportSize({ width, height: 800 })
      // Without transitions: colors in between have any contrast.
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
      await page.goto(address)
      await page.getByRole('heading', { level: 1 }).waitFor()
      return { page, trouble }
    },
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
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
  const found = await page.evaluate(
    ([rules, within]) => (globalThis as unknown as { axe: Axe }).axe.run(within, rules ? { runOnly: rules } : {}),
    [rules, within] as const,
  )
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`)
}

interface Axe {
  run(within: string, options: { runOnly?: readonly string[] }): Promise<{ violations: Violation[] }>
}

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}
