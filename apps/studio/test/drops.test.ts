import type { Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, chromium, seriousFindings } from './browser.js'
import { emptyFolder, openStudio } from './open-studio.js'
import { sharedBrowser } from './shared-browser.js'

/** Drops files on the page, as a browser does. */
async function drop(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  await page.evaluate((all) => {
    const transfer = new DataTransfer()
    for (const [name, text] of Object.entries(all)) transfer.items.add(new File([text], name))
    dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))
  }, files)
}

describe.runIf(chromium !== undefined)('what is dropped into an empty folder, in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await sharedBrowser()
  })
  afterEach(() => browser?.clear())

  it('begins the project that reads it best: two catalogs begin translations', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path)
    const { page, trouble } = await browser.open(opened.studio.url)
    await drop(page, { 'de.json': '{"a":"Datei","b":"Neu"}', 'en.json': '{"a":"file","b":"new"}' })
    await page.getByText('2 examples added.').waitFor()
    await page.getByRole('heading', { name: 'Bring your examples' }).waitFor()
    expect(await opened.client.project()).toMatchObject({ task: 'translate', counts: { labeled: 2 } })
    expect(trouble).toEqual([])
  })

  it('is asked about where it can be several things, and begins what somebody says', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path)
    const { page, trouble } = await browser.open(opened.studio.url, { width: 360 })
    await drop(page, { 'strings.csv': 'text,target\nfile,Datei\nnew,Neu\n' })
    const asked = page.getByRole('region', { name: 'What is this?' })
    await asked.getByText('strings.csv can be read in more than one way.').waitFor()
    expect(await asked.getByRole('button').allInnerTexts()).toEqual([
      '',
      'Texts in classes',
      'Translations: texts, and what each is in another language',
    ])
    expect(await seriousFindings(page)).toEqual([])
    await asked.getByRole('button', { name: /^Translations/ }).click()
    await page.getByText('2 examples added.').waitFor()
    expect(await opened.client.project()).toMatchObject({ task: 'translate', counts: { labeled: 2 } })
    expect(trouble).toEqual([])
  })

  it('is asked about where nothing says what it is, and can be put away', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path)
    const { page } = await browser.open(opened.studio.url)
    await drop(page, { 'x.csv': 'a,b\n1,2\n' })
    const asked = page.getByRole('region', { name: 'What is this?' })
    await asked.getByText('x.csv: nothing in it says what it is.').waitFor()
    expect(await asked.getByRole('button').count()).toBe(6)
    await asked.getByRole('button', { name: 'Close' }).click()
    await expect.poll(() => asked.count()).toBe(0)
    expect((await opened.client.project()).task).toBeNull()
  })
})
