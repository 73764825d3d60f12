import { pathToFileURL } from 'node:url'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { publish, vitFiles } from '@headstart/vision/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromium, openChromium } from '../../web/test/chromium.js'
import { writePictures } from './pictures.js'
import { csv, reviews } from './reviews.js'
import { openScene, type Scene } from './scene.js'

let scene: Scene
let browser: Awaited<ReturnType<typeof openChromium>>
let page: Awaited<ReturnType<typeof browser.newPage>>
const complaints: string[] = []

describe.runIf(chromium !== undefined)('a page that a command writes', () => {
  beforeAll(async () => {
    scene = await openScene()
    browser = await openChromium(scene.path('.chromium'))
    page = await browser.newPage()
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => /^(file|data):/.test(request.url()) || complaints.push(`asks ${request.url()}`))
    await writeFiles(scene.path('tiny-bert'), bertFiles())
  })
  afterAll(async () => {
    await browser?.close()
    await scene?.remove()
  })

  /** Opens a page, wide and narrow, light and dark: it fits, and the browser has nothing to say of it. */
  async function look(path: string): Promise<string> {
    complaints.length = 0
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 })
        await page.goto(pathToFileURL(path).href)
        expect(await page.evaluate('document.documentElement.scrollWidth'), `at ${width}`).toBeLessThanOrEqual(width)
      }
      const [back, front] = (await page.evaluate(
        '((style) => [style.backgroundColor, style.color])(getComputedStyle(document.documentElement))',
      )) as [string, string]
      expect(front).not.toBe(back)
    }
    expect(complaints).toEqual([])
    return page.innerText('body')
  }
  async function run(...args: string[]): Promise<void> {
    const { code, stderr } = await scene.run(args)
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('headstart:')])
  }

  it('of texts has figures, the examples behind them, and why the hardest were answered so', async () => {
    const data = await scene.write('train.csv', csv(reviews(24)))
    const foreign = await scene.write('foreign.csv', 'text\n"12 34 56"\n"qwertz uiop"\n')
    const network = ['--task', 'text', '--backbone', scene.path('tiny-bert')]
    await run('train', data, ...network, '--keep', '--out', scene.path('texts'))
    const test = await scene.write('test.csv', csv(reviews(12, 24)))
    const more = ['--out-of-scope', foreign, '--explain', '3', '--html', scene.path('figures.html')]
    await run('evaluate', scene.path('texts'), test, ...more)
    const said = await look(scene.path('figures.html'))
    for (const part of ['Figures', 'Confusion', 'Reliability', 'Risk and coverage', 'Out of scope', 'Hardest examples'])
      expect(said).toContain(part)
    expect(said).toMatch(/Why the hardest were answered so[^]*Green speaks for it[^]*In truth: (nega|posi)tive/)
    // A cell of the matrix leads to its examples.
    const cell = page.locator('td a').first()
    const id = await cell.getAttribute('href')
    await cell.click()
    expect(page.url()).toContain(id ?? 'no cell')
    expect(await page.locator(`${id} li`).count()).toBeGreaterThan(0)

    await run('explain', scene.path('texts'), 'Great food and good people.', '--html', scene.path('why.html'))
    expect(await look(scene.path('why.html'))).toContain('learned from')
    expect(await page.locator('mark').count()).toBeGreaterThan(3)

    await run('check', data, ...network, '--html', scene.path('check.html'))
    expect(await look(scene.path('check.html'))).toContain('48 examples')
  })

  it('of pictures shows them, and what the answer hangs on', async () => {
    await publish(scene.path('tiny-vit'), vitFiles())
    for (const shape of ['circle', 'stripes'] as const) await writePictures(scene.path(`photos/${shape}`), shape, 6)
    const network = ['--task', 'image', '--backbone', scene.path('tiny-vit')]
    await run('train', scene.path('photos'), ...network, '--out', scene.path('pictures'))
    const more = ['--explain', '2', '--html', scene.path('pictures.html')]
    await run('evaluate', scene.path('pictures'), scene.path('photos'), ...more)
    await look(scene.path('pictures.html'))
    const widths = (await page.evaluate('[...document.images].map((image) => image.naturalWidth)')) as number[]
    expect(widths.length).toBeGreaterThan(5)
    expect(Math.min(...widths)).toBeGreaterThan(0)
    await run('check', scene.path('photos'), ...network, '--html', scene.path('check-pictures.html'))
    await look(scene.path('check-pictures.html'))
  })
})
