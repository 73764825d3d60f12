import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportModel, type ExportFormat } from '@headstart/core'
import * as nlp from '@headstart/nlp'
import { loadRecommender } from '@headstart/recommender'
import * as vision from '@headstart/vision'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageFormat } from '../src/page.js'
import { chromium, openChromium } from './chromium.js'
import { pathTo, serveSite, type Site } from './site.js'

/** Against hanging, not for speed. */
const soon = { timeout: 60_000 }
const saved = (name: string, kind: string): string => pathTo(`packages/${name}/test/fixtures/saved/${kind}`)

describe.runIf(chromium !== undefined)('a model that is exported as a page', () => {
  let site: Site
  let folder = ''
  let browser: BrowserContext
  let page: Page
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headstart-page-'))
    site = await serveSite({ pages: folder })
    browser = await openChromium(join(folder, '.chromium'))
    page = await browser.newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  /** The page of a model, when it is loaded. */
  async function open(name: string, model: Parameters<typeof pageFormat>[0] & AsyncDisposable): Promise<void> {
    const exports: Record<string, ExportFormat> = { web: pageFormat(model) }
    await exportModel({ exports }, 'web', join(folder, name))
    await page.goto(`${site.origin}/pages/${name}/index.html`)
    await expect.poll(() => page.innerText('#about'), soon).not.toMatch(/Loading/)
    expect(await page.innerText('#problem')).toBe('')
  }
  const answer = async (): Promise<string[]> => (await page.innerText('#answer')).split('\n')
  const rows = (probabilities: Readonly<Record<string, number>>): string[] =>
    Object.entries(probabilities)
      .toSorted(([, a], [, b]) => b - a)
      .map(([label, probability]) => `${label}\t${probability.toFixed(3)}`)

  it('answers what is typed, and the folder is still a saved model', async () => {
    await using model = await nlp.loadModel(saved('nlp', 'head'))
    await open('texts', model)
    expect(await page.innerText('#about')).toBe('Trained on 96 examples of 2 classes.')
    await page.fill('textarea', 'The food was great!')
    const [expected] = await model.predict(['The food was great!'])
    await expect.poll(answer, soon).toEqual(rows(expected?.probabilities ?? {}))
    await using again = await nlp.loadModel(join(folder, 'texts'))
    expect(await again.predict(['good'])).toEqual(await model.predict(['good']))
  })

  it('answers pictures', async () => {
    await using model = await vision.loadModel(saved('vision', 'published-vit'))
    await open('pictures', model)
    const picture = saved('vision', 'pictures/picture-1.png')
    await page.setInputFiles('input[type=file]', picture)
    const [expected] = await model.predict([picture])
    await expect.poll(answer, soon).toEqual(rows(expected?.probabilities ?? {}))
  })

  it('recommends', async () => {
    await using model = await loadRecommender(saved('recommender', 'scratch'))
    await open('shop', model)
    const id = model.catalog.items[0]?.id ?? ''
    await page.fill('input[type=text]', id)
    const list = await model.recommend([id])
    await expect
      .poll(answer, soon)
      .toEqual(list.map(({ item, score }) => `${item.title ?? item.id}\t${score.toFixed(3)}`))
  })

  it('says so where its model is damaged', async () => {
    await cp(join(folder, 'texts'), join(folder, 'damaged'), { recursive: true })
    await rm(join(folder, 'damaged', 'model.onnx'))
    await page.goto(`${site.origin}/pages/damaged/index.html`)
    await expect.poll(() => page.innerText('#problem'), soon).toMatch(/expected the file model\.onnx, got no such file/)
    expect(await page.innerText('#about')).toBe('The model was not loaded.')
  })
})
