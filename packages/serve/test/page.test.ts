import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnyTask } from '@headstart/core'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { chromium, openChromium } from '../../web/test/chromium.js'
import { createServer, openModel, type Server } from '../src/index.js'
import { toyFileTask, toyModel, toyTask } from './toy.js'

if (chromium === undefined) {
  console.warn(
    'The tests of the page are left out: there is no Chromium. Install it (Debian: apt-get install chromium) or name one in HEADSTART_CHROMIUM.',
  )
}

/** Asked with an object; what it is asked comes back. */
const objects: AnyTask = { ...toyTask().task, query: z.object({ words: z.string().describe('what to say') }) }
const echo = { ...toyModel().trained, ask: async (queries: readonly unknown[]) => queries as never, explain: undefined }

/** Goes on with a conversation: says how often it was asked in it. */
const turn = z.object({ text: z.string(), context: z.object({ turn: z.int() }) })
const talks: AnyTask = { ...toyTask().task, query: z.union([z.string(), turn]) }
const talker = {
  ...echo,
  ask: async (queries: readonly (string | z.output<typeof turn>)[]) =>
    queries.map((query) => {
      const now = typeof query === 'string' ? 1 : query.context.turn + 1
      return { answer: `turn ${now}`, context: { turn: now } }
    }),
}

describe.runIf(chromium !== undefined)('the page, in Chromium', () => {
  let browser: BrowserContext
  let server: Server
  let profile = ''
  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), 'headstart-chromium-'))
    browser = await openChromium(profile)
    server = await createServer({
      port: 0,
      watch: 0,
      token: 'sesame',
      models: [
        openModel('letters', toyTask().task, toyModel().trained),
        openModel('files', toyFileTask(), toyModel().trained),
        openModel('objects', objects, echo as never),
        openModel('talks', talks, talker as never),
      ],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await rm(profile, { recursive: true, force: true })
  })

  async function open(): Promise<{ page: Page; elsewhere: string[] }> {
    const page = await browser.newPage()
    const elsewhere: string[] = []
    page.on('pageerror', (error) => elsewhere.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) elsewhere.push(request.url())
    })
    await page.goto(server.url)
    await page.getByLabel('Token').fill('sesame')
    await page.getByLabel('Token').press('Tab')
    await page.locator('option').first().waitFor({ state: 'attached' })
    return { page, elsewhere }
  }

  it('asks each model what it takes, says why, and asks nobody else', async () => {
    const { page, elsewhere } = await open()
    const answer = page.getByLabel('Answer')
    await page.getByLabel('Input').fill('apple')
    await page.getByRole('button', { name: 'Ask' }).click()
    await answer.getByRole('heading', { name: 'vowel' }).waitFor()
    await page.getByRole('button', { name: 'Why?' }).click()
    await answer.locator('.bar', { hasText: '1.000' }).waitFor()
    await page.getByLabel('Input').fill('?')
    await page.getByRole('button', { name: 'Ask' }).click()
    await answer.getByRole('alert').getByText('expected a text that begins with a letter').waitFor()

    await page.getByLabel('Model').selectOption('files')
    const file = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('pear') }
    await page.getByLabel('Picture or other file').setInputFiles(file)
    await page.getByRole('button', { name: 'Ask' }).click()
    await answer.getByRole('heading', { name: 'consonant' }).waitFor()
    expect(elsewhere).toEqual([])
    await page.close()
  })

  it('says which fields an input has, and shows markup as the text that it is', async () => {
    const { page, elsewhere } = await open()
    await page.getByLabel('Model').selectOption('objects')
    await page.getByText('Fields of the JSON').click()
    await page.getByText('words: what to say').waitFor()
    expect(await page.getByLabel('Input').getAttribute('placeholder')).toBe('{ "words": ... }')
    expect(await page.getByRole('button', { name: 'Why?' }).isVisible()).toBe(false)
    const markup = '<img src=https://attacker.example/a.png onerror=alert(1)>'
    await page.getByLabel('Input').fill(JSON.stringify({ words: markup }))
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.getByLabel('Answer').getByText(markup).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(elsewhere).toEqual([])
    await page.close()
  })

  it('goes on with a conversation, and begins anew where the model is chosen again', async () => {
    const { page } = await open()
    const ask = async (): Promise<string> => {
      await page.getByRole('button', { name: 'Ask' }).click()
      return page.getByLabel('Answer').getByRole('heading').innerText()
    }
    await page.getByLabel('Model').selectOption('talks')
    await page.getByLabel('Input').fill('hello')
    expect([await ask(), await ask()]).toEqual(['turn 1', 'turn 2'])
    await page.getByLabel('Model').selectOption('letters')
    await page.getByLabel('Model').selectOption('talks')
    expect(await ask()).toBe('turn 1')
    await page.close()
  })

  it.each(['light', 'dark'] as const)('fits 360 pixels, %s', async (colorScheme) => {
    const { page } = await open()
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 360, height: 640 })
    await page.getByLabel('Input').fill('apple')
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.getByRole('heading', { name: 'vowel' }).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    const lightness = await page.evaluate(
      'getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((sum, one) => sum + Number(one), 0)',
    )
    if (colorScheme === 'light') expect(lightness).toBeGreaterThan(600)
    else expect(lightness).toBeLessThan(200)
    await page.close()
  })
})
