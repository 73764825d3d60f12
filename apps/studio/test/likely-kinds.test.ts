import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, chromium, openBrowser, seriousFindings } from './browser.js'
import { emptyFolder, openStudio } from './open-studio.js'

const tables = {
  topics: 'text,label\nThe parcel was late,delivery\nLate and dear,delivery|price\nToo dear,price\n',
  ratings: 'text,label\nFine,3.5\nGreat,5\nBad,1\nMeh,2.25\n',
  stars: 'text,label\nFine,3\nGreat,5\nBad,1\n',
  classes: 'text,label\nGood,pos\nBad,neg\n',
}

it('what lies in a folder is offered as what its labels look like, and opened as what somebody says', async () => {
  await using folder = await emptyFolder()
  for (const [name, text] of Object.entries(tables)) await writeFile(join(folder.path, `${name}.csv`), text)
  await using opened = await openStudio(folder.path)
  const { found } = await opened.client.project()
  const kinds = found.filter(({ task }) => task === 'text').map(({ data, kinds }) => [data, kinds])
  expect(Object.fromEntries(kinds)).toEqual({
    'topics.csv': ['multi-label', 'classification'],
    'ratings.csv': ['regression', 'classification'],
    'stars.csv': ['classification', 'regression'],
    'classes.csv': ['classification'],
  })
  await opened.client.create({ task: 'text', data: 'topics.csv', kind: 'multi-label' })
  expect((await opened.client.project()).labels).toEqual([
    { name: 'delivery', count: 2 },
    { name: 'price', count: 2 },
  ])
})

it('a table whose labels can be of two kinds is asked about, also where the task was named', async () => {
  await using folder = await emptyFolder()
  await writeFile(join(folder.path, 'ratings.csv'), tables.ratings)
  await using opened = await openStudio(folder.path, { task: 'text' })
  expect((await opened.client.project()).task).toBeNull()
})

it('a table with a column for each language becomes translations, those without one to be written', async () => {
  await using folder = await emptyFolder()
  await writeFile(join(folder.path, 'ui.csv'), 'key,de,en\n1,Datei,file\n2,Neu,new\n3,,print\n')
  await using opened = await openStudio(folder.path)
  const { found } = await opened.client.project()
  expect(found[0]).toMatchObject({ task: 'translate', data: 'ui.csv', kinds: ['text'] })
  await opened.client.create({ task: 'translate', data: 'ui.csv' })
  const { examples } = await opened.client.examples()
  expect(examples.map(({ shown, label }) => [shown.type === 'text' && shown.text, label])).toEqual([
    ['file', 'Datei'],
    ['new', 'Neu'],
    ['print', null],
  ])
})

describe.runIf(chromium !== undefined)('a table whose labels can be of two kinds, in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  async function drop(page: Page, name: string, text: string): Promise<void> {
    await page.evaluate(
      ([name, text]) => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([text as string], name as string))
        dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))
      },
      [name, text],
    )
  }

  it.each([
    ['topics', 'its labels look like several in one', ['Several labels each', 'One label each'], 'multi-label'],
    ['ratings', 'its labels look like amounts', ['A number each', 'One label each'], 'regression'],
    ['stars', 'its labels are few numbers', ['One label each', 'A number each'], 'classification'],
  ] as const)('is asked about when it is dropped, the likelier first: %s', async (name, why, answers, kind) => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path)
    const { page, trouble } = await browser.open(opened.studio.url, { width: 360 })
    await drop(page, `${name}.csv`, tables[name])
    const asked = page.getByRole('region', { name: 'What is this?' })
    await asked.getByText(why).waitFor()
    expect((await asked.getByRole('button').allInnerTexts()).slice(1)).toEqual(answers)
    expect(await seriousFindings(page)).toEqual([])
    await asked.getByRole('button', { name: answers[0] }).click()
    await page.getByText(/\d examples added/).waitFor()
    expect(await opened.client.project()).toMatchObject({ task: 'text', kind })
    expect(trouble).toEqual([])
    await page.close()
  })

  it('begins as what its labels look like when it lies in the folder', async () => {
    await using folder = await emptyFolder()
    await writeFile(join(folder.path, 'ratings.csv'), tables.ratings)
    await using opened = await openStudio(folder.path)
    const { page } = await browser.open(opened.studio.url)
    const found = page.getByRole('region', { name: 'Already in this folder' })
    await found.getByText('its labels look like amounts').first().waitFor()
    expect(await found.getByLabel('What each example gets').inputValue()).toBe('regression')
    await found.getByRole('button', { name: 'Open it' }).first().click()
    await page.getByRole('heading', { name: '4 examples' }).waitFor()
    expect(await opened.client.project()).toMatchObject({ task: 'text', kind: 'regression' })
    await page.close()
  })

  it('is said to look like another kind where it comes into a project of one label each', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path)
    await opened.client.create({ task: 'text' })
    const { page } = await browser.open(opened.studio.url)
    await drop(page, 'classes.csv', tables.classes)
    await page.getByText('2 examples added.').waitFor()
    expect(await page.getByText('Labels such as').count()).toBe(0)
    await drop(page, 'topics.csv', tables.topics)
    await page.getByText('Labels such as "delivery|price" look like several in one').waitFor()
    expect((await opened.client.project()).counts.labeled).toBe(5)
    await page.close()
  })
})
