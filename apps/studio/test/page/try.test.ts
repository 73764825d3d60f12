import { describe, expect, it } from 'vitest'
import { chromium, seriousFindings } from '../browser.js'
import { pretendedPictures, pretendedShop, pretendedTexts } from '../pretended.js'
import { pagesOf } from './pages.js'

describe.runIf(chromium !== undefined)('trying, in Chromium', () => {
  const pages = pagesOf()

  it('talks to a bot, which knows what was said before, also after a reload, and adds what it got wrong', async () => {
    const held = pretendedTexts()
    held.project = { ...held.project, converses: true }
    const { page, trouble } = await pages.open(held, 'try')
    const say = page.getByLabel('What you say')
    await say.fill('Good morning')
    await say.press('Enter')
    const talk = page.getByRole('region', { name: 'Conversation' })
    await talk.getByText('1: you said Good morning').waitFor()
    await page.reload()
    await say.fill('Where is it?')
    await say.press('Enter')
    await talk.getByText('2: you said Where is it?').waitFor()
    await page.getByLabel('Add "Where is it?" to the data as').selectOption('praise')
    await page.getByText('Added as praise.').waitFor()
    expect(held.examples.at(-1)).toMatchObject({ label: 'praise', shown: { text: 'Where is it?' } })
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Begin anew' }).click()
    await talk.getByText('Say something, as those would').waitFor()
    expect(trouble).toEqual([])
  })

  it('changes lists and reasons of a shop with every click', async () => {
    const { page } = await pages.open(pretendedShop(), 'try')
    const list = page.getByRole('region', { name: 'Recommended' })
    await list.getByText('Popular').first().waitFor()
    await page.getByRole('list', { name: 'Catalog' }).getByRole('button').first().click()
    await list.getByText('Because of Tea pot no. 1').first().waitFor()
    const first = await list.getByRole('strong').first().innerText()
    await page.getByRole('button', { name: `Take ${first}` }).click()
    await list.getByText(`Because of Tea pot no. 1 and ${first}`).first().waitFor()
    await page.reload()
    await list.getByText(`Because of Tea pot no. 1 and ${first}`).first().waitFor()
    expect(await list.getByRole('strong').allInnerTexts()).not.toContain(first)
  })

  it('shows the camera nothing until it is turned on, and answers what it sees', async () => {
    const { page, trouble } = await pages.open(pretendedPictures(), 'try')
    expect(await page.getByRole('region', { name: 'Answer' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Turn the camera on' }).click()
    await page.getByLabel('Answer all the time').check()
    await page.getByRole('region', { name: 'Answer' }).getByText('83 % sure').waitFor()
    await page.getByRole('button', { name: 'Turn it off' }).click()
    await page.getByRole('button', { name: 'Turn the camera on' }).waitFor()
    expect(trouble).toEqual([])
  })
})
