import { describe, expect, it } from 'vitest'
import { chromium, seriousFindings } from '../browser.js'
import { pretendedNothing, pretendedTexts } from '../pretended.js'
import { pagesOf } from './pages.js'

describe.runIf(chromium !== undefined)('bringing, in Chromium', () => {
  const pages = pagesOf()

  it('asks in an empty folder what shall be learned, and offers what lies there', async () => {
    const { page, trouble } = await pages.open(pretendedNothing(), 'bring')
    await page.getByRole('heading', { name: 'What shall it learn?' }).waitFor()
    await page.getByRole('button', { name: 'Open it' }).waitFor()
    expect(await page.getByRole('button', { name: 'Begin empty' }).count()).toBe(3)
    expect(await page.getByRole('navigation').count()).toBe(0)
    expect(await seriousFindings(page)).toEqual([])
    expect(trouble).toEqual([])
  })

  it('brings what is dropped anywhere, and does not leave the page for it', async () => {
    const held = pretendedTexts()
    const { page } = await pages.open(held, 'train')
    const transfer = await page.evaluateHandle(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['text,label\nHello,praise\n'], 'more.csv'))
      transfer.items.add(new File(['?'], 'notes.docx'))
      return transfer
    })
    await page.getByRole('heading', { name: 'Train', exact: true }).dispatchEvent('drop', { dataTransfer: transfer })
    await page.getByText('1 example added, 1 could not be taken.').waitFor()
    await page.getByText('It is neither a picture nor a table.').waitFor()
    expect(held.brought).toEqual(['more.csv'])
  })
})
