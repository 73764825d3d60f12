import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, chromium, openBrowser } from './browser.js'
import { type Pretender, pretendStudio } from './pretend-studio.js'
import { pretendedBot, pretendedNothing, pretendedTexts } from './pretended.js'

/** Milliseconds that an answer takes where the machine has other work. */
const slow = 1500

describe.runIf(chromium !== undefined)('while an answer is waited for, in Chromium', () => {
  let browser: Browser
  let studio: Pretender | undefined
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterEach(() => studio?.close())
  afterAll(() => browser?.close())

  it('says that it looks at what is asked, until the answer is there', async () => {
    studio = await pretendStudio(pretendedTexts())
    const { page } = await browser.open(`${studio.address}#try`)
    await page.route('**/api/try', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, slow))
      await route.continue()
    })
    await page.getByLabel('What is to be answered').fill('Where is it?')
    const waits = page.getByText('It looks at it …')
    await waits.waitFor()
    await page.getByRole('region', { name: 'Answer' }).waitFor()
    expect(await waits.count()).toBe(0)
    await page.close()
  })

  it('says that a step is on its way, where its script is slow to come', async () => {
    studio = await pretendStudio(pretendedTexts())
    const { page } = await browser.open(studio.address)
    await page.route('**/assets/try-step*.js', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, slow))
      await route.continue()
    })
    await page.evaluate(() => (location.hash = 'try'))
    await page.getByText('One moment …').waitFor()
    await page.getByRole('heading', { name: 'Try it' }).waitFor()
    expect(await page.getByText('One moment …').count()).toBe(0)
    await page.close()
  })

  it('says once what is to be done about several findings of one kind', async () => {
    const held = pretendedTexts()
    const [issue] = held.check?.issues ?? []
    if (!held.check || !issue) throw new Error('There is a finding.')
    held.check.issues = ['a', 'b', 'c'].map((label) => ({ ...issue, labels: [label] }))
    studio = await pretendStudio(held)
    const { page } = await browser.open(studio.address)
    await page
      .getByRole('button', { name: /^Open 2/ })
      .nth(2)
      .waitFor()
    expect(await page.getByText(issue.advice).count()).toBe(1)
    await page.close()
  })

  it('says that it looks what was dropped, until it knows', async () => {
    studio = await pretendStudio(pretendedNothing())
    const { page } = await browser.open(studio.address)
    await page.route('**/api/fits', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, slow))
      await route.fulfill({ json: [] })
    })
    await page.evaluate(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['a,b\n1,2\n'], 'x.csv'))
      dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))
    })
    const looks = page.getByText('Looks what it is …')
    await looks.waitFor()
    await page.getByText('nothing in it says what it is').waitFor()
    expect(await looks.count()).toBe(0)
    await page.close()
  })

  it('shows all of what a bot says, also where it takes two lines of a narrow page', async () => {
    const held = pretendedBot()
    held.replies = [
      { label: held.project.labels[0]?.name ?? '', texts: ['You can return anything within 30 days, unworn.'] },
    ]
    studio = await pretendStudio(held)
    const { page } = await browser.open(studio.address, { width: 360 })
    const field = page.getByRole('textbox', { name: /^Answer 1 to/ }).first()
    await field.waitFor()
    expect(await field.evaluate((one) => one.scrollHeight - one.clientHeight)).toBeLessThanOrEqual(0)
    await page.close()
  })
})
