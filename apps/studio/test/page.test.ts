import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, chromium, openBrowser, seriousFindings } from './browser.js'
import { type Pretended, type Pretender, pretendStudio } from './pretend-studio.js'
import {
  pretendedBot,
  pretendedNothing,
  pretendedPairs,
  pretendedPictures,
  pretendedSeveral,
  pretendedSeveralPictures,
  pretendedShop,
  pretendedTexts,
} from './pretended.js'

const built = fileURLToPath(new URL('../dist/page/', import.meta.url))
const steps = ['bring', 'label', 'train', 'look', 'try', 'take'] as const

if (chromium === undefined) {
  console.warn(
    'The tests of the studio in a browser are left out: there is no Chromium. Install it (Debian: apt-get install chromium) or name one in HEADSTART_CHROMIUM.',
  )
}

describe('what is loaded', () => {
  it('is at most 120 KB of compressed script at the start, and with all that comes later', async () => {
    const html = await readFile(join(built, 'index.html'), 'utf8')
    const sizeOf = async (name: string): Promise<number> => gzipSync(await readFile(join(built, name))).length
    const atStart = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name as string)
    expect(atStart.length).toBeGreaterThan(0)
    const scripts = (await readdir(join(built, 'assets'))).filter((name) => name.endsWith('.js'))
    const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0)
    expect(total(await Promise.all(atStart.map(sizeOf)))).toBeLessThan(120 * 1024)
    expect(total(await Promise.all(scripts.map((name) => sizeOf(`assets/${name}`))))).toBeLessThan(120 * 1024)
  })
})

describe.runIf(chromium !== undefined)('the page, in Chromium', () => {
  let browser: Browser
  let studio: Pretender | undefined
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterEach(() => studio?.close())
  afterAll(() => browser?.close())

  async function open(
    held: Pretended,
    step: string,
    options: { width?: number; dark?: boolean; neighbors?: boolean } = {},
  ) {
    studio = await pretendStudio(held)
    return browser.open(`${studio.address}#${step}`, options)
  }

  async function to(page: Page, step: string): Promise<void> {
    await page.evaluate((step) => (location.hash = step), step)
    await page.locator(`a[href="#${step}"][aria-current]`).waitFor()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForTimeout(150)
  }

  /** Does what fills a step: a question is answered. */
  async function ask(page: Page): Promise<void> {
    const field = page.getByRole('main').getByRole('textbox').first()
    if ((await field.count()) === 0) return
    await field.fill('Where is it?')
    await field.press('Enter')
    await page.waitForTimeout(600)
  }

  /** What of the work no Tab comes to. */
  async function unreached(page: Page): Promise<readonly string[]> {
    const count = await page.evaluate(() => {
      const all = document.querySelectorAll<HTMLElement>(
        'main :is(a[href], button, input, select, textarea, summary, [tabindex="0"])',
      )
      const wanted = [...all].filter(
        (one) => one.tabIndex >= 0 && one.checkVisibility() && !one.matches(':disabled, [type=file]'),
      )
      for (const one of wanted) one.dataset['unreached'] = ''
      document.getElementById('work')?.focus()
      return wanted.length
    })
    for (let presses = 0; presses < count + 20; presses++) {
      await page.keyboard.press('Tab')
      const left = await page.evaluate(() => {
        delete (document.activeElement as HTMLElement).dataset['unreached']
        return document.querySelectorAll('[data-unreached]').length
      })
      if (left === 0) return []
    }
    return page.locator('[data-unreached]').evaluateAll((all) => all.map((one) => one.outerHTML))
  }

  const kinds = {
    texts: pretendedTexts,
    pictures: pretendedPictures,
    'a shop': pretendedShop,
    translations: pretendedPairs,
    'texts with several labels': pretendedSeveral,
    'pictures with several labels': pretendedSeveralPictures,
    'a bot': pretendedBot,
  } as const
  for (const [name, make] of Object.entries(kinds)) {
    it(`has no serious findings of axe in the steps of ${name}, light and dark, and asks nobody else`, async () => {
      const { page, trouble } = await open(make(), 'bring')
      for (const step of steps) {
        await to(page, step)
        if (step === 'try') await ask(page)
        // What stands around the work is the same in each step.
        const part = step === steps[0] ? 'html' : 'main'
        expect(await seriousFindings(page, undefined, part), step).toEqual([])
        await page.emulateMedia({ colorScheme: 'dark' })
        // In the dark only colors differ.
        expect(await seriousFindings(page, ['color-contrast'], part), `${step}, dark`).toEqual([])
        await page.emulateMedia({ colorScheme: 'light' })
      }
      expect(trouble).toEqual([])
      await page.close()
    })

    it(`leads to all that can be done in every step of ${name} by Tab`, async () => {
      const { page } = await open(make(), 'bring')
      for (const step of steps) {
        await to(page, step)
        if (step === 'try') await ask(page)
        expect(await unreached(page), step).toEqual([])
      }
      await page.close()
    })

    it(`stands on 360 pixels in every step of ${name}`, async () => {
      const { page } = await open(make(), 'bring', { width: 360 })
      for (const step of steps) {
        await to(page, step)
        if (step === 'try') await ask(page)
        expect(await seriousFindings(page, undefined, step === steps[0] ? 'html' : 'main'), step).toEqual([])
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(wider, step).toBeLessThanOrEqual(0)
        const cards = page.locator('.card:visible, .tile:visible')
        const narrow = await cards.evaluateAll((all) => Math.min(999, ...all.map((card) => card.clientWidth)))
        expect(narrow, step).toBeGreaterThan(100)
      }
      await page.close()
    })
  }

  it('asks in an empty folder what shall be learned, and offers what lies there', async () => {
    const { page, trouble } = await open(pretendedNothing(), 'bring')
    await page.getByRole('heading', { name: 'What shall it learn?' }).waitFor()
    await page.getByRole('button', { name: 'Open it' }).waitFor()
    expect(await page.getByRole('button', { name: 'Begin empty' }).count()).toBe(3)
    expect(await page.getByRole('navigation').count()).toBe(0)
    expect(await seriousFindings(page)).toEqual([])
    expect(trouble).toEqual([])
    await page.close()
  })

  it('labels 20 texts in 20 key presses, takes back and skips, and every tab sees it', async () => {
    const held = pretendedTexts()
    const { page } = await open(held, 'label')
    const other = await browser.open(`${studio?.address}#label`)
    await page.getByText('24 examples left', { exact: true }).waitFor()
    for (let n = 0; n < 20; n++) await page.keyboard.press(String((n % 4) + 1))
    await page.getByText('4 examples left', { exact: true }).waitFor()
    await other.page.getByText('4 examples left', { exact: true }).waitFor()
    const wanted = Array.from({ length: 20 }, (_, n) => held.project.labels[n % 4]?.name)
    await expect.poll(() => held.examples.slice(96, 116).map(({ label }) => label)).toEqual(wanted)

    await page.keyboard.press('u')
    await page.getByRole('region', { name: 'To be labeled' }).getByText('(116)').waitFor()
    await page.keyboard.press('s')
    await page.getByRole('region', { name: 'To be labeled' }).getByText('(117)').waitFor()
    await page.keyboard.press('Control+z')
    await page.getByRole('region', { name: 'To be labeled' }).getByText('(116)').waitFor()
    await expect.poll(() => held.examples[115]?.label).toBeNull()
    await page.close()
    await other.page.close()
  })

  it('keeps labels while the studio is gone, over a reload of what it had, and sends them when it is back', async () => {
    const held = pretendedTexts()
    const { page } = await open(held, 'label')
    await page.getByText('24 examples left', { exact: true }).waitFor()
    const port = studio?.port
    studio?.close()
    await page.keyboard.press('1')
    await page.keyboard.press('2')
    await page.getByText('2 labels kept in this browser').waitFor()
    expect(held.examples[96]?.label).toBeNull()

    studio = await pretendStudio(held, port)
    await page.reload()
    await page.getByText('22 examples left', { exact: true }).waitFor()
    await expect.poll(() => held.examples.slice(96, 98).map(({ label }) => label)).toEqual(['delivery', 'refund'])
    await page.close()
  })

  it('goes through suspects by keys: keeps a label, takes the likelier one, and takes back', async () => {
    const held = pretendedTexts()
    const { page } = await open(held, 'bring')
    await page.getByRole('button', { name: 'Look through them' }).click()
    const shown = page.getByRole('region', { name: 'To be labeled' })
    await shown.getByText('It is labeled delivery; held-out answers say refund.').waitFor()
    await page.keyboard.press('k')
    await shown.getByText('It is labeled refund; held-out answers say delivery.').waitFor()
    await page.keyboard.press('Enter')
    await shown.getByText('It is labeled praise').waitFor()
    // The page goes on before its labels have arrived.
    await expect.poll(() => held.examples.slice(0, 2).map(({ label }) => label)).toEqual(['delivery', 'delivery'])
    await expect.poll(() => held.confirmed).toEqual(['e0'])
    await page.keyboard.press('u')
    await expect.poll(() => held.examples[1]?.label).toBe('refund')
    // What was kept is a suspect again.
    await page.keyboard.press('u')
    await shown.getByText('It is labeled delivery; held-out answers say refund.').waitFor()
    await expect.poll(() => held.confirmed).toEqual([])
    expect(held.examples[0]?.label).toBe('delivery')
    await page.close()
  })

  it('finds one of many labels by its first letters, and makes a new one of what is none', async () => {
    const held = pretendedTexts()
    const more = Array.from({ length: 12 }, (_, place) => ({ name: `label ${'abcdefghijkl'[place]}`, count: 0 }))
    held.project = { ...held.project, labels: [...held.project.labels, ...more] }
    const { page } = await open(held, 'label')
    const given = (place: number) => held.examples[96 + place]?.label
    await page.getByText('24 examples left', { exact: true }).waitFor()
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key)
    }
    await press('n', ...'label k', 'Enter')
    await expect.poll(() => given(0)).toBe('label k')
    await press('/', 'r', 'e', 'f')
    await page.getByText('Enter takes refund, Ctrl Enter makes "ref" a new label').waitFor()
    await press('Control+Enter')
    await expect.poll(() => given(1)).toBe('ref')
    await press('n', ...'ref', 'Escape', '1')
    await expect.poll(() => given(2)).toBe('delivery')
    expect(await seriousFindings(page)).toEqual([])
    await page.close()
  })

  it('gives several labels by keys: each is taken to them, Enter gives them, 0 gives none', async () => {
    const held = pretendedTexts()
    held.project = { ...held.project, kind: 'multi-label' }
    const { page } = await open(held, 'label')
    const given = (place: number) => held.examples[96 + place]?.label
    await page.getByText('24 examples left', { exact: true }).waitFor()
    // It begins with what is guessed: delivery.
    await page.getByRole('button', { name: 'delivery', pressed: true }).waitFor()
    for (const key of ['3', '2', 'Enter']) await page.keyboard.press(key)
    await expect.poll(() => given(0)).toBe('delivery|refund|praise')
    await page.keyboard.press('0')
    await expect.poll(() => given(1)).toBe('[]')
    await page.keyboard.press('Enter')
    await expect.poll(() => given(2)).toBe('praise')
    expect(await seriousFindings(page)).toEqual([])
    await page.close()
  })

  it('takes a number for each, typed at once, and the guess by Enter', async () => {
    const held = pretendedTexts()
    held.project = {
      ...held.project,
      kind: 'regression',
      labels: ['3.1', '3.2', '3.3'].map((name) => ({ name, count: 0 })),
    }
    const { page } = await open(held, 'label')
    const given = (place: number) => held.examples[96 + place]?.label
    await page.getByText('24 examples left', { exact: true }).waitFor()
    for (const key of ['4', ',', '5', 'Enter']) await page.keyboard.press(key)
    await expect.poll(() => given(0)).toBe('4.5')
    for (const key of ['x', 'Enter']) await page.keyboard.press(key)
    await page.getByText('Expected a number, such as 3.5.').waitFor()
    for (const key of ['Backspace', 'Enter']) await page.keyboard.press(key)
    await expect.poll(() => given(1)).toBe('3.2')
    await page.keyboard.press('Escape')
    await page.keyboard.press('u')
    await expect.poll(() => given(1)).toBeNull()
    expect(await seriousFindings(page)).toEqual([])
    await page.close()
  })

  it('is walked through by keys alone, all six steps', async () => {
    const held = pretendedTexts()
    const { page } = await open(held, 'bring')
    await page.getByRole('heading', { name: '120 examples' }).waitFor()
    /** Tab, until it is there. */
    const tabTo = async (target: Locator): Promise<void> => {
      await target.waitFor()
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab')
        if (await target.evaluate((element) => element === document.activeElement)) return
      }
      expect.unreachable(`No Tab leads to ${target}.`)
    }
    // The first one leads past the steps and the data; steps come before the work again.
    const step = async (name: string): Promise<void> => {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      await tabTo(page.getByRole('link', { name }))
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name, exact: false }).and(page.locator('[aria-current=step]')).waitFor()
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
    const work = page.getByRole('main')

    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await work.evaluate((element) => element === document.activeElement)).toBe(true)
    await tabTo(page.getByLabel(/One example a line/))
    await page.keyboard.type('By keys alone')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('heading', { name: '121 examples' }).waitFor()

    await step('Label')
    await page.getByText('25 examples left', { exact: true }).waitFor()
    await page.keyboard.press('2')
    await expect.poll(() => held.examples[96]?.label).toBe('refund')

    await step('Train')
    const asked = page.waitForRequest((request) => request.url().endsWith('/api/train'))
    await tabTo(page.getByRole('button', { name: 'Train again' }))
    await page.keyboard.press('Enter')
    expect((await asked).postDataJSON()).toMatchObject({ methods: ['frozen'] })

    await step('Look')
    await tabTo(work.getByRole('button', { name: /answered rightly/ }).first())
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await tabTo(page.getByRole('application', { name: /Map of/ }))
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'On the map' }).waitFor()
    await page.keyboard.press('Escape')

    await step('Try')
    await tabTo(page.getByLabel('What is to be answered'))
    await page.keyboard.type('Where is it?')
    await page.getByText('83 % sure').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Added as delivery.').waitFor()

    await step('Take')
    await tabTo(page.getByRole('button', { name: 'Copy: TypeScript that loads it' }))
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => getSelection()?.type)).toBeDefined()
    await page.close()
  })

  it('writes what each text is, or takes what the model makes of it, by Enter', async () => {
    const held = pretendedPairs(20)
    const { page, trouble } = await open(held, 'label')
    await page.getByRole('heading', { name: 'Write its translation' }).waitFor()
    const field = page.getByRole('textbox', { name: 'Its translation' })
    await page.getByText('4 examples left', { exact: true }).waitFor()
    await expect.poll(() => field.inputValue()).toBe('Die Datei öffnen')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('Die Datei aufmachen')
    await page.keyboard.press('Enter')
    await page.getByText('3 examples left', { exact: true }).waitFor()
    expect(held.examples[4]?.label).toBe('Die Datei aufmachen')
    // Outside of the field keys mean what they mean elsewhere.
    await page.keyboard.press('Escape')
    await page.keyboard.press('u')
    await page.getByText('4 examples left', { exact: true }).waitFor()
    await expect.poll(() => held.examples[4]?.label).toBeNull()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.getByText('3 examples left', { exact: true }).waitFor()
    await expect.poll(() => held.examples[4]?.label).toBe('Die Datei öffnen')
    await to(page, 'try')
    await page.getByLabel('What is to be answered').fill('Open page {n}')
    await page.getByText('The placeholder {n} is missing.').waitFor()
    await page.getByLabel('Correct it, and add it to the data').fill('Seite {n} öffnen')
    await page.getByRole('button', { name: 'Add it with this translation' }).click()
    await expect.poll(() => held.examples.at(-1)?.label).toBe('Seite {n} öffnen')
    await to(page, 'look')
    await page.getByRole('heading', { name: 'Where it is furthest off' }).waitFor()
    await page.getByRole('button', { name: 'Show 4 more' }).click()
    await page.getByRole('button', { name: /^Open/ }).first().click()
    await page.getByRole('dialog').getByRole('textbox').waitFor()
    expect(trouble).toEqual([])
    await page.close()
  })

  it('edits what a bot says to each label, and says which have no answer yet', async () => {
    const held = pretendedBot()
    const { page, trouble } = await open(held, 'bring')
    await page.getByText('1 label has no answer yet').waitFor()
    await page.getByLabel('Answer 1 to account').fill('You can reset it.')
    await page.getByRole('heading', { name: 'What does it say?' }).click()
    await expect.poll(() => held.replies.at(-1)).toEqual({ label: 'account', texts: ['You can reset it.'] })
    await page.getByText('has no answer yet').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Another answer to refund' }).click()
    await page.getByLabel('Answer 2 to refund').fill('It is on its way.')
    await page.getByLabel('Answer 2 to refund').press('Tab')
    await expect
      .poll(() => held.replies.at(-1))
      .toEqual({ label: 'refund', texts: ['What is said to refund.', 'It is on its way.'] })
    expect(trouble).toEqual([])
    await page.close()
  })

  it('talks to a bot, which knows what was said before, also after a reload, and adds what it got wrong', async () => {
    const held = pretendedTexts()
    held.project = { ...held.project, converses: true }
    const { page, trouble } = await open(held, 'try')
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
    await page.close()
  })

  it('says of a network that is fetched what that means, and trains with the one that is chosen', async () => {
    const held = pretendedTexts()
    const { page } = await open(held, 'train')
    await page.getByLabel('Begins with the network').selectOption('Xenova/all-MiniLM-L6-v2')
    await page.getByText('23 million weights are fetched from the hub').waitFor()
    const asked = page.waitForRequest((request) => request.url().endsWith('/api/train'))
    await page.getByRole('button', { name: 'Train again' }).click()
    expect((await asked).postDataJSON()).toMatchObject({ network: 'Xenova/all-MiniLM-L6-v2', keep: 'frozen' })
    await page.close()
  })

  it('says that the studio has ended, and that it is back', async () => {
    const held = pretendedTexts()
    const { page } = await open(held, 'train')
    const port = studio?.port
    studio?.close()
    await page.getByText('The studio does not answer').waitFor()
    studio = await pretendStudio(held, port)
    await page.getByText('The studio does not answer').waitFor({ state: 'detached' })
    await page.getByText('saved in the folder').waitFor()
    expect(await page.getByRole('heading', { name: 'What came of it' }).count()).toBe(1)
    await page.close()
  })

  it('keeps no connection in tabs that nobody sees, since a browser has few, and is told all when it is seen', async () => {
    const held = pretendedTexts()
    const { page } = await open(held, 'train')
    await expect.poll(() => studio?.listening()).toBe(1)
    const turn = (state: 'hidden' | 'visible'): Promise<void> =>
      page.evaluate((state) => {
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await turn('hidden')
    await expect.poll(() => studio?.listening()).toBe(0)
    held.examples.push({ id: 'more', label: 'praise', shown: { type: 'text', text: 'Well done' } })
    held.project = { ...held.project, counts: { ...held.project.counts, total: 121 } }
    await turn('visible')
    await page.getByRole('heading', { name: '121 examples' }).waitFor()
    expect(studio?.listening()).toBe(1)
    await page.close()
  })

  it('shows how a training goes, live, and cancels it', async () => {
    const held = pretendedTexts()
    const { page, trouble } = await open(held, 'train')
    const points = [1, 2, 3].map((epoch) => {
      return {
        method: 'fine-tuned',
        run: 1,
        epoch,
        epochs: 8,
        loss: 1 / epoch,
        heldOutLoss: null,
        heldOutScore: 0.5 + epoch / 10,
      }
    })
    const job = {
      id: 'j1',
      kind: 'train',
      doing: 'fine-tuned, epoch 3 of 8',
      share: 0.4,
      seconds: 12,
      error: null,
    } as const
    held.project = { ...held.project, job: { ...job, status: 'running', notices: [], points, methods: [] } }
    studio?.tell()
    await page.getByRole('status').filter({ hasText: 'fine-tuned, epoch 3 of 8' }).waitFor()
    await page.getByRole('img', { name: 'Loss while it trains' }).locator('canvas').waitFor()
    await page.getByRole('img', { name: 'Held-out score while it trains' }).locator('canvas').waitFor()
    held.project = { ...held.project, job: { ...job, status: 'cancelled', notices: [], points, methods: [] } }
    await page.getByRole('button', { name: 'Cancel' }).click()
    studio?.tell()
    await page.getByText('Cancelled: nothing was changed.').waitFor()
    expect(await page.getByRole('button', { name: 'Train again' }).isEnabled()).toBe(true)
    expect(trouble).toEqual([])
    await page.close()
  })

  it('says what to do where the studio was updated while the page was open', async () => {
    const { page } = await open(pretendedTexts(), 'bring')
    await page.route('**/assets/look-step-*.js', (route) => route.fulfill({ status: 404 }))
    await to(page, 'bring')
    await page.evaluate(() => (location.hash = 'look'))
    await page.getByRole('alert').getByText('the studio was updated').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.unroute('**/assets/look-step-*.js')
    await page.getByRole('button', { name: 'Load the page anew' }).click()
    await page.getByRole('heading', { name: 'Look' }).waitFor()
    await page.close()
  })

  it('keeps what is typed over a reload, and the step', async () => {
    const { page } = await open(pretendedTexts(), 'bring')
    await page.getByLabel(/One example a line/).fill('refund\tMoney back\nrefund\tThey do not fit')
    await page.reload()
    await page.getByRole('button', { name: 'Add 2 examples' }).click()
    await page.getByText('2 examples added.').waitFor()
    expect(await page.getByLabel(/One example a line/).inputValue()).toBe('')
    await to(page, 'try')
    await page.getByLabel('What is to be answered').fill('Where is it?')
    await page.reload()
    await page.getByText('83 % sure').waitFor()
    expect(await page.getByLabel('What is to be answered').inputValue()).toBe('Where is it?')
    await page.close()
  })

  it('opens the examples of a cell of the confusion matrix, by keys alone, and gives the focus back', async () => {
    const held = pretendedTexts()
    const { page } = await open(held, 'look')
    const cell = page.getByRole('button', { name: /of refund taken for delivery/ }).first()
    await cell.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    const wrong = held.confusion?.cells.find(({ given, predicted }) => given === 'refund' && predicted === 'delivery')
    await expect.poll(() => dialog.getByRole('listitem').count()).toBe(wrong?.ids.length)
    expect(await seriousFindings(page)).toEqual([])
    await dialog.getByRole('combobox').first().selectOption('praise')
    await expect.poll(() => held.examples.find(({ id }) => id === wrong?.ids[0])?.label).toBe('praise')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await cell.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.close()
  })

  it('says what a threshold costs while it is moved by keys', async () => {
    const { page } = await open(pretendedTexts(), 'look')
    const slider = page.getByLabel('Answer only when at least so sure')
    await page.getByText('It answers everything; of its answers 84 % are right.').waitFor()
    await slider.focus()
    for (let n = 0; n < 60; n++) await page.keyboard.press('ArrowRight')
    await expect
      .poll(() => page.getByText(/^It answers/).innerText())
      .toMatch(/8\d % and leaves 1\d % to you; .* 94 % are right/)
    await page.close()
  })

  it('shows 10,000 points by principal components at once, moves them, and a click opens one', async () => {
    const held = pretendedTexts(10_000)
    const { page, trouble } = await open(held, 'look')
    const canvas = page.getByRole('application', { name: /Map of 10000 examples/ })
    await canvas.scrollIntoViewIfNeeded()
    await page.waitForTimeout(300)
    const colors = (): Promise<number> =>
      canvas.evaluate((element: HTMLCanvasElement) => {
        const { data } = element.getContext('2d')?.getImageData(0, 0, element.width, element.height) ?? { data: [] }
        let drawn = 0
        for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) drawn++
        return drawn
      })
    const before = await colors()
    expect(before).toBeGreaterThan(5000)

    const box = await canvas.boundingBox()
    const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 2000, y, { steps: 20 })
    await page.waitForTimeout(100)
    expect(await colors()).toBeLessThan(before / 10)
    await page.mouse.up()
    expect(await page.getByRole('dialog').count()).toBe(0)

    await canvas.focus()
    await page.keyboard.press('0')
    await page.waitForTimeout(100)
    const point = await canvas.evaluate((element: HTMLCanvasElement) => {
      const { data, width } = element.getContext('2d')?.getImageData(0, 0, element.width, element.height) ?? {
        data: [],
        width: 1,
      }
      const places = [...data.keys()].filter((i) => i % 4 === 3 && data[i] !== 0).map((i) => (i - 3) / 4)
      const place = places[places.length >> 1] ?? 0
      const scale = element.clientWidth / element.width
      return { x: (place % width) * scale, y: Math.floor(place / width) * scale }
    })
    await canvas.click({ position: point })
    const dialog = page.getByRole('dialog', { name: 'On the map' })
    await dialog.getByText(/\(\d+\)/).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await canvas.focus()
    for (const key of ['ArrowRight', 'ArrowRight', '+', 'Enter']) await page.keyboard.press(key)
    await dialog.getByText(/\(\d+\)/).waitFor()
    expect(trouble).toEqual([])
    await page.close()
  })

  it('arranges the map by neighbors in a worker, where groups come apart, unless nobody wants to see that', async () => {
    const { page, trouble } = await open(pretendedTexts(), 'look', { neighbors: true })
    await page.getByRole('button', { name: /Neighbors \(UMAP\) \d+ %/ }).waitFor()
    await page.getByRole('button', { name: 'Neighbors (UMAP)', exact: true }).waitFor()
    expect(page.workers()).toHaveLength(1)
    // Another label is another color; the places stay.
    studio?.tell()
    await page.waitForTimeout(500)
    expect(await page.getByRole('button', { name: 'Neighbors (UMAP)', exact: true }).count()).toBe(1)
    expect(page.workers()).toHaveLength(1)
    await page.getByRole('button', { name: 'Principal components' }).click()
    await page.reload()
    await page.getByRole('application', { name: /Map of/ }).waitFor()
    expect(page.workers()).toHaveLength(0)
    expect(trouble).toEqual([])
    await page.close()
  })

  it('changes lists and reasons of a shop with every click', async () => {
    const { page } = await open(pretendedShop(), 'try')
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
    await page.close()
  })

  it('brings what is dropped anywhere, and does not leave the page for it', async () => {
    const held = pretendedTexts()
    const { page } = await open(held, 'train')
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
    await page.close()
  })

  it('goes dark and light by a button, and remembers it', async () => {
    const { page } = await open(pretendedTexts(), 'bring')
    const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await paper()
    await page.getByRole('button', { name: 'Dark colors' }).click()
    const dark = await paper()
    expect(dark).not.toBe(light)
    await page.reload()
    await page.getByRole('button', { name: 'Light colors' }).waitFor()
    expect(await paper()).toBe(dark)
    await page.getByRole('button', { name: 'Light colors' }).click()
    expect(await paper()).toBe(light)
    await page.close()
  })

  it('shows the camera nothing until it is turned on, and answers what it sees', async () => {
    const { page, trouble } = await open(pretendedPictures(), 'try')
    expect(await page.getByRole('region', { name: 'Answer' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Turn the camera on' }).click()
    await page.getByLabel('Answer all the time').check()
    await page.getByRole('region', { name: 'Answer' }).getByText('83 % sure').waitFor()
    await page.getByRole('button', { name: 'Turn it off' }).click()
    await page.getByRole('button', { name: 'Turn the camera on' }).waitFor()
    expect(trouble).toEqual([])
    await page.close()
  })
})
