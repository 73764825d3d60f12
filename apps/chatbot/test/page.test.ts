import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromium, openChromium } from '../../../packages/web/test/chromium.js'
import { serving } from './program.js'

if (chromium === undefined) {
  console.warn(
    'The tests of the page are left out: there is no Chromium. Install it (Debian: apt-get install chromium) or name one in HEADSTART_CHROMIUM.',
  )
}

describe.runIf(chromium !== undefined)('the page, in Chromium', () => {
  let browser: BrowserContext
  let profile = ''
  let served: { address: string; program: ChildProcess } | undefined
  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), 'headstart-chromium-'))
    browser = await openChromium(profile)
    served = await serving()
  })
  afterAll(async () => {
    await browser?.close()
    served?.program.kill()
    await rm(profile, { recursive: true, force: true })
  })

  /** Opens the page; whatever goes wrong on it, or is fetched from elsewhere, is in `trouble`. */
  async function open(): Promise<{ page: Page; trouble: string[] }> {
    const address = served?.address ?? ''
    const page = await browser.newPage()
    const trouble: string[] = []
    page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()))
    page.on('pageerror', (error) => trouble.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith(new URL(address).origin) && !request.url().startsWith('data:'))
        trouble.push(request.url())
    })
    await page.goto(address)
    return { page, trouble }
  }

  const turns = (page: Page): Locator => page.getByRole('list', { name: 'Conversation' }).locator('> li')
  /** The turn that follows what is written. */
  async function write(page: Page, text: string): Promise<Locator> {
    const count = await turns(page).count()
    await page.getByLabel('What would you like to know?').fill(text)
    await page.keyboard.press('Enter')
    const turn = turns(page).nth(count)
    await turn.waitFor()
    return turn
  }

  it('replies, says what it was sure of and what it learned that from, and asks for what is missing', async () => {
    const { page, trouble } = await open()
    const hours = await (await write(page, 'When do you open?')).innerText()
    expect(hours).toContain('Tuesday to Friday')
    expect(hours).toMatch(/Sure of\s+opening hours \d+ %/)
    expect(hours).toMatch(/Most like\s+“.*” \(opening hours, 0\.\d\d\)/)
    expect(await (await write(page, 'Please check the brakes of my road bike.')).innerText()).toContain('Which day')
    expect(await (await write(page, 'on Friday')).innerText()).toContain('your road bike on')
    const foreign = await (await write(page, 'Who painted the Mona Lisa?')).innerText()
    expect(foreign).toContain('I only know about our bicycle shop')
    expect(foreign).toContain('unlike what it learned')
    expect(trouble).toEqual([])
  })

  it('learns in place what was wrong, and says it then', async () => {
    const { page, trouble } = await open()
    const text = 'Are squirrels welcome at your place?'
    const turn = await write(page, text)
    await turn.getByRole('button', { name: 'That was wrong' }).click()
    await turn.getByLabel('It is about').selectOption('location')
    await turn.getByRole('button', { name: 'Learn that' }).click()
    await turn.getByText(/^Learned in \d\.\d\d s/).waitFor()
    expect(await turn.locator('.answer').innerText()).toContain('12 Mill Lane')
    expect(await page.locator('#texts').innerText()).toBe('241')
    expect(await (await write(page, text)).locator('.answer').innerText()).toContain('12 Mill Lane')
    expect(trouble).toEqual([])
  })

  it('shows what is written as text, and fits a small screen', async () => {
    const { page } = await open()
    await page.setViewportSize({ width: 360, height: 640 })
    const turn = await write(page, '<img src=x onerror=alert(1)>'.repeat(3))
    expect(await turn.locator('.said').innerText()).toContain('<img src=x')
    expect(await turn.locator('img').count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  })

  it('says so when the server is gone', async () => {
    const { page } = await open()
    await page.route('**/reply', (route) => route.abort())
    await page.getByLabel('What would you like to know?').fill('Hello?')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Is it still running?').waitFor()
    expect(await page.getByLabel('What would you like to know?').inputValue()).toBe('Hello?')
  })
})
