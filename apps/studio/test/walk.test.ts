import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { imageTask, loadModel as loadImageModel } from '@headstart/vision'
import { loadModel as loadTextModel } from '@headstart/nlp'
import { writeTranslator } from '@headstart/translation/test'
import type { Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, chromium } from './browser.js'
import { emptyFolder, openStudio } from './open-studio.js'
import { sharedBrowser } from './shared-browser.js'

const letters: Readonly<Record<string, readonly string[]>> = {
  delivery: [
    'Where is my parcel?',
    'The courier never came.',
    'My order has not arrived yet.',
    'When will the package be delivered?',
    'Tracking says it is still in the warehouse.',
    'The parcel went to the wrong address.',
    'Shipping takes far too long.',
    'Nobody rang, and the box was gone.',
  ],
  refund: [
    'I want my money back.',
    'Please refund the second charge.',
    'You took the payment twice.',
    'How do I send this back for a refund?',
    'The refund is not on my account yet.',
    'Cancel it and return what I paid.',
    'I was charged too much.',
    'Give me back what it cost.',
  ],
}

/** The real studio, with the built-in networks, on few examples. */
describe.runIf(chromium !== undefined)('the six steps, in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await sharedBrowser()
  })
  afterEach(() => browser?.clear())

  const to = (page: Page, name: string) => page.getByRole('link', { name }).click()

  async function trained(page: Page): Promise<void> {
    await to(page, 'Train')
    await page.getByRole('button', { name: 'Train', exact: true }).click()
    await page.getByRole('heading', { name: 'What came of it' }).waitFor({ timeout: 240_000 })
  }

  it('walks texts from rows that are pasted to three lines of TypeScript', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path)
    const { page, trouble } = await browser.open(opened.studio.url)
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Texts in classes' })
      .getByRole('button', { name: 'Begin empty' })
      .click()

    // Bring: rows of a spreadsheet, then lines without a label.
    const box = page.getByLabel(/One example a line/)
    const rows = Object.entries(letters).flatMap(([label, texts]) => texts.map((text) => ({ label, text })))
    const pasted = rows.filter((_, place) => place % 8 !== 7)
    await box.fill(pasted.map(({ label, text }) => `${text}\t${label}`).join('\n'))
    await page.getByText('14 of them with a label of their own').waitFor()
    await page.getByRole('button', { name: 'Add 14 examples' }).click()
    await page.getByRole('heading', { name: '14 examples' }).waitFor()
    await box.fill(
      rows
        .filter((_, place) => place % 8 === 7)
        .map(({ text }) => text)
        .join('\n'),
    )
    await box.press('Control+Enter')
    await page.getByRole('heading', { name: '16 examples' }).waitFor()
    await page.getByRole('button', { name: 'Check them' }).click()
    await page.getByRole('button', { name: 'Check again' }).waitFor({ timeout: 120_000 })

    // Label: one by a key, taken back, given again; one by its guess or its key.
    await to(page, 'Label')
    await page.getByText('2 examples left').waitFor()
    const shown = page.getByRole('region', { name: 'To be labeled' })
    const keyOf = async (): Promise<string> => ((await shown.innerText()).includes('Nobody rang') ? '1' : '2')
    const first = await shown.innerText()
    await page.keyboard.press(await keyOf())
    await page.getByText('1 example left').waitFor()
    await page.keyboard.press('u')
    await page.getByText('2 examples left').waitFor()
    expect(await shown.innerText()).toBe(first)
    await page.keyboard.press(await keyOf())
    await page.getByText('1 example left').waitFor()
    await page.keyboard.press(await keyOf())
    await page.getByText('Every example has its label.').waitFor()
    // The page has it at once, the file a moment later.
    await expect.poll(() => readFile(join(folder.path, 'data.csv'), 'utf8')).toMatch(/Nobody rang/)
    await expect.poll(async () => (await opened.client.project()).counts).toMatchObject({ labeled: 16, unlabeled: 0 })

    // Train, and look.
    await trained(page)
    await page.getByRole('row', { name: /your model/ }).waitFor()
    await to(page, 'Look')
    await page.getByRole('heading', { name: 'What it takes for what' }).waitFor()
    await page
      .getByRole('button', { name: /answered rightly/ })
      .first()
      .click()
    await page.getByRole('dialog').getByRole('listitem').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('application', { name: /Map of 16 examples/ }).waitFor()
    await page.getByRole('img', { name: /Calibration/ }).waitFor()

    // Try: an answer, its reasons, and into the data with one key.
    await to(page, 'Try')
    await page.getByLabel('What is to be answered').fill('My parcel is lost')
    await page
      .getByRole('region', { name: 'Reasons' })
      .getByText(/For it: /)
      .waitFor({ timeout: 60_000 })
    expect(await page.getByRole('region', { name: 'Reasons' }).locator('mark').count()).toBeGreaterThan(0)
    await page.getByLabel('What is to be answered').press('Alt+Digit1')
    await page.getByRole('heading', { name: '17 examples' }).waitFor()
    await page.getByText('The data have changed since it was trained').waitFor()

    // Take away: what is on the page is what works.
    await to(page, 'Take')
    await page.getByText("import { loadModel } from '@headstart/nlp'").waitFor()
    await page.getByRole('button', { name: 'Export to onnx' }).click()
    await page.getByText('Written:').waitFor()
    await using model = await loadTextModel(join(folder.path, 'model'))
    expect(model.labels).toEqual(['delivery', 'refund'])

    // The folder is the project: another studio on it shows the same.
    await opened.studio.close()
    await using again = await openStudio(folder.path)
    expect((await again.client.project()).counts).toMatchObject({ total: 17, labeled: 17 })
    expect(trouble.filter((one) => !one.includes('net::ERR'))).toEqual([])
  })

  it('walks pictures from folders that are dropped to answers of the camera', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path)
    const pictures = await mkdtemp(join(tmpdir(), 'headstart-pictures-'))
    const drawings = [...((await imageTask.sample?.files()) ?? new Map<string, Uint8Array>())]
    const some = ['animal', 'food'].flatMap((label) =>
      drawings.filter(([path]) => path.startsWith(`train/${label}/`)).slice(0, 12),
    )
    for (const [path, bytes] of some) {
      const file = join(pictures, path.replace('train/', ''))
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, bytes)
    }
    await writeFile(join(pictures, 'animal', 'broken.jpg'), 'no picture at all')
    const { page, trouble } = await browser.open(opened.studio.url)

    // Bring: a folder of folders; the broken one is said, and spoils no other.
    await page.locator('input[data-files=folder]').setInputFiles(pictures)
    await page.getByText('24 examples added, 1 could not be taken.').waitFor()
    await page.getByText('broken.jpg').waitFor()
    expect((await opened.client.project()).labels).toEqual([
      { name: 'animal', count: 12 },
      { name: 'food', count: 12 },
    ])

    // Label: from the camera, without a label.
    await page.getByRole('button', { name: 'Turn the camera on' }).click()
    await page.getByRole('button', { name: 'Take a picture' }).click()
    await page.getByRole('heading', { name: '25 examples' }).waitFor()
    await to(page, 'Label')
    await page.getByRole('region', { name: 'To be labeled' }).getByRole('img').waitFor()
    await page.keyboard.press('2')
    await page.getByText('Every example has its label.').waitFor()

    await trained(page)
    await to(page, 'Look')
    await page
      .getByRole('button', { name: /answered rightly/ })
      .first()
      .click()
    await page.getByRole('dialog').getByRole('img').first().waitFor()
    await page.keyboard.press('Escape')

    // Try: a picture with its heat map, then the camera.
    await to(page, 'Try')
    const asked = join(pictures, 'animal', (some[0]?.[0] ?? '').split('/').at(-1) ?? '')
    await page.locator('input[data-files=files]').setInputFiles(asked)
    await page.getByRole('img', { name: /heat map/ }).waitFor({ timeout: 60_000 })
    await page.getByLabel('Answer all the time').check()
    await page.getByRole('button', { name: 'Turn the camera on' }).click()
    await page.getByRole('img', { name: /heat map/ }).waitFor({ state: 'detached', timeout: 60_000 })
    await page.getByRole('region', { name: 'Answer' }).getByRole('status').waitFor()
    await page.getByRole('button', { name: 'Turn it off' }).click()

    await to(page, 'Take')
    await page.getByText("import { loadModel } from '@headstart/vision'").waitFor()
    await using model = await loadImageModel(join(folder.path, 'model'))
    expect(model.labels).toEqual(['animal', 'food'])
    expect(trouble).toEqual([])
    await rm(pictures, { recursive: true })
  })

  it('walks a shop from its tables to lists of several methods side by side', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path)
    const { page, trouble } = await browser.open(opened.studio.url)
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Recommendations of a shop' })
      .getByRole('button', { name: 'With a sample' })
      .click()
    await page.getByRole('heading', { name: /96 items/ }).waitFor()

    // Record who liked what.
    await to(page, 'Record')
    const catalog = page.getByRole('list', { name: 'Catalog' }).getByRole('button')
    await catalog.nth(0).click()
    await catalog.nth(1).click()
    await page.getByLabel('Who took them').fill('somebody new')
    await page.getByRole('button', { name: 'Record' }).click()
    await page.getByText('somebody new took 2 items: recorded.').waitFor()

    await to(page, 'Train')
    await page.getByText(/Side by side/).click()
    await page.getByRole('checkbox', { name: /^popularity/ }).check()
    await page.getByRole('button', { name: 'Train', exact: true }).click()
    await page.getByRole('heading', { name: 'What came of it' }).waitFor({ timeout: 240_000 })
    await page.getByRole('row', { name: /popularity/ }).waitFor()

    await to(page, 'Look')
    await page.getByText(/points on \d+ questions/).waitFor()
    expect(await page.getByRole('row').count()).toBe(3)

    await to(page, 'Try')
    await catalog.nth(2).click()
    const list = page.getByRole('region', { name: /Recommended/ })
    await list
      .getByText(/^Because of/)
      .first()
      .waitFor()
    await page.getByRole('checkbox', { name: 'popularity' }).check()
    await page.getByRole('region', { name: 'Recommended by popularity' }).getByRole('listitem').first().waitFor()
    const title = await catalog.nth(3).getByText(/./).first().innerText()
    await catalog.nth(3).click()
    await page.getByRole('button', { name: `Remove ${title}` }).waitFor()

    await to(page, 'Take')
    await page.getByText('@headstart/recommender').waitFor()
    expect(trouble).toEqual([])
  })

  it('walks translations from rows that are pasted to a translator that is taken away', async () => {
    await using folder = await emptyFolder()
    await using translator = await emptyFolder()
    await writeTranslator(translator.path)
    await using opened = await openStudio(folder.path, { backbone: translator.path })
    const { page, trouble } = await browser.open(opened.studio.url)
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Translations' })
      .getByRole('button', { name: 'Begin empty' })
      .click()

    // Bring: sources with their translations, and one without.
    const words = ['file datei', 'page seite', 'menu menü', 'view ansicht', 'list liste'].map((pair) => pair.split(' '))
    const pairs = words.flatMap(([a, one]) => words.map(([b, other]) => `the ${a} ${b}\tdie ${one} ${other}`))
    const box = page.getByLabel(/One example a line/)
    await box.fill(['source\ttarget', ...pairs].join('\n'))
    await page.getByText('25 of them with a translation of their own').waitFor()
    await page.getByRole('button', { name: 'Add 25 examples' }).click()
    await page.getByRole('heading', { name: '25 examples' }).waitFor()
    await box.fill('the menu text')
    await box.press('Control+Enter')

    // Label: it is written, and stands in the file.
    await to(page, 'Label')
    await page.getByRole('textbox', { name: 'Its translation' }).fill('das menü')
    await page.getByRole('textbox', { name: 'Its translation' }).press('Enter')
    await page.getByText('Every example has its translation.').waitFor()
    await expect.poll(() => readFile(join(folder.path, 'data.csv'), 'utf8')).toContain('the menu text,das menü\n')

    await to(page, 'Train')
    await page.getByText(/Side by side/).click()
    await page.getByRole('checkbox', { name: /^untouched/ }).check()
    await page.getByRole('button', { name: 'Train', exact: true }).click()
    await page.getByRole('heading', { name: 'What came of it' }).waitFor({ timeout: 240_000 })
    await page.getByRole('row', { name: /untouched/ }).waitFor()

    await to(page, 'Look')
    await page.getByText(/^chrF2: [\d.]+, on 7 examples/).waitFor()
    await page.getByRole('heading', { name: 'Where it is furthest off' }).waitFor()

    // Try: what is wrong is corrected, and learned the next time.
    await to(page, 'Try')
    await page.getByLabel('What is to be answered').fill('open the page')
    await page.getByLabel('Correct it, and add it to the data').fill('die seite öffnen')
    await page.getByRole('button', { name: 'Add it with this translation' }).click()
    await page.getByRole('heading', { name: '27 examples' }).waitFor()
    await to(page, 'Take')
    await page.getByText("import { translator } from '@headstart/translation'").waitFor()
    expect(trouble.filter((one) => !one.includes('net::ERR'))).toEqual([])
  })
})
