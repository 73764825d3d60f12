import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recommenderMethods, trainRecommender } from '@headstart/recommender'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { baskets } from '../src/baskets.js'
import { wordingOf } from '../src/page.js'
import { pageApp, servePage } from '../src/page-server.js'
import { chromium, openChromium } from '../../../packages/web/test/chromium.js'
import { serving, writeShop } from './program.js'

if (chromium === undefined) {
  console.warn(
    'The tests of the page are left out: there is no Chromium. Install it (Debian: apt-get install chromium) or name one in HEADSTART_CHROMIUM.',
  )
}

describe.runIf(chromium !== undefined)('the page, in Chromium', () => {
  let browser: BrowserContext
  let [profile, shop] = ['', '']
  let builtIn: Awaited<ReturnType<typeof servePage>> | undefined
  let ofShop: { address: string; program: ChildProcess } | undefined
  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), 'headstart-chromium-'))
    browser = await openChromium(profile)
    shop = await writeShop()
    // Any method will do for the page. The program, with all of them, serves the shop.
    const methods = recommenderMethods.filter(({ name }) => name === 'item-knn')
    const model = await trainRecommender(await baskets(), { methods })
    builtIn = await servePage(await pageApp(model, wordingOf(model.training, true)), 0)
    ofShop = await serving('--data', shop)
  })
  afterAll(async () => {
    await browser?.close()
    builtIn?.server.close()
    ofShop?.program.kill()
    for (const folder of [profile, shop]) await rm(folder, { recursive: true, force: true })
  })

  /** Opens a page; whatever goes wrong on it, or is fetched from elsewhere, is in `trouble`. */
  async function open(address: string): Promise<{ page: Page; trouble: string[] }> {
    const page = await browser.newPage()
    const trouble: string[] = []
    page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()))
    page.on('pageerror', (error) => trouble.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith(new URL(address).origin) && !request.url().startsWith('data:'))
        trouble.push(request.url())
    })
    await page.goto(address)
    await page
      .getByRole('status')
      .filter({ hasText: /nothing is picked|picked/ })
      .waitFor()
    return { page, trouble }
  }

  const region = (page: Page, name: string): Locator => page.getByRole('region', { name })
  const recommended = (page: Page): Locator => region(page, 'Recommended').getByRole('listitem')
  const inCatalog = (page: Page, name: string | RegExp): Locator =>
    region(page, 'Catalog').getByRole('button', { name, exact: true })

  it('begins with what is popular, and recommends with reasons as soon as something is picked', async () => {
    const { page, trouble } = await open(builtIn?.address ?? '')
    expect(await page.title()).toBe('Which npm packages go together?')
    expect(await recommended(page).count()).toBe(10)
    expect(await recommended(page).first().innerText()).toContain('Popular')

    await page.getByLabel('Search').fill('vitest')
    await inCatalog(page, 'Add vitest').click()
    await page.getByText('for the 1 picked').waitFor()
    expect(await region(page, 'Your project').getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining('vitest'),
    ])
    expect(await recommended(page).first().innerText()).toContain('Because of vitest')
    expect(await inCatalog(page, 'Add vitest').getAttribute('aria-pressed')).toBe('true')

    const first = await recommended(page).first().locator('strong').innerText()
    await recommended(page).first().getByRole('button').click()
    await page.getByText('for the 2 picked').waitFor()
    expect(await recommended(page).locator('strong').allInnerTexts()).not.toContain(first)
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('recommendations-heading')

    // The list is in the address.
    await page.reload()
    await page.getByText('for the 2 picked').waitFor()
    await page.getByRole('button', { name: `Remove ${first}` }).click()
    await page.getByText('for the 1 picked').waitFor()
    await page.getByRole('button', { name: 'Remove all' }).click()
    await page.getByText('nothing is picked yet').waitFor()
    expect(trouble).toEqual([])
  })

  it('says what of a list in the address is not in the catalog', async () => {
    const { page } = await open(`${builtIn?.address}?have=nosuchpackage&have=hono`)
    expect(await region(page, 'Recommended').getByRole('status').innerText()).toBe(
      '10 for the 1 picked; not in the catalog: nosuchpackage',
    )
  })

  it('can be used with the keyboard alone', async () => {
    const { page } = await open(builtIn?.address ?? '')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('search')
    await page.keyboard.type('prettier')
    await page.getByText(/^\d+ found$/).waitFor()
    await inCatalog(page, 'Add prettier').focus()
    await page.keyboard.press('Space')
    await page.getByText('for the 1 picked').waitFor()
    await page.keyboard.press('Space')
    await page.getByText('nothing is picked yet').waitFor()
  })

  it("shows a shop of one's own, and its markup as text", async () => {
    const { page, trouble } = await open(ofShop?.address ?? '')
    await inCatalog(page, /^Add .* t1$/).click()
    await page.getByText('for the 1 picked').waitFor()
    const titles = await recommended(page).locator('strong').allInnerTexts()
    expect(
      titles
        .slice(0, 4)
        .map((title) => title.slice(-2))
        .toSorted(),
    ).toEqual(['t2', 't3', 't4', 't5'])
    expect(titles[0]).toContain('<img src=x')
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).toBe('What goes together?')
    expect(trouble).toEqual([])
  })

  it('says so when the server is gone', async () => {
    const { address, program } = await serving('--data', shop)
    const { page } = await open(address)
    program.kill()
    await new Promise((resolve) => program.once('exit', resolve))
    await inCatalog(page, /^Add .* t1$/).click()
    await page.getByText('Is it still running?').waitFor()
    expect(await recommended(page).count()).toBeGreaterThan(0)
  })
})
