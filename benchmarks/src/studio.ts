import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { imageTask } from '@headstart/vision'
import { type Browser, chromium, openBrowser } from '../../apps/studio/test/browser.js'
import { emptyFolder, openStudio } from '../../apps/studio/test/open-studio.js'
import { pretendedTexts } from '../../apps/studio/test/pretended.js'
import { pretendStudio } from '../../apps/studio/test/pretend-studio.js'
import { pathTo } from '../../packages/web/test/site.js'
import { atMost, type Benchmark, type Figure } from './figure.js'
import { median, secondsOf } from './measure.js'

const rounds = 3
const [texts, pictures, points] = [5000, 60, 10_000]

/** What whoever works with the page waits for. */
export const studio: Benchmark = {
  title: 'The studio (Chromium)',
  async run() {
    const size = atMost(
      'kB of JavaScript, compressed',
      await scriptSize(),
      120 * 1.024,
      'all of it, also what is loaded later',
    )
    if (chromium === undefined) return [size, { what: 'the page', measured: 'left out: there is no Chromium' }]
    const browser = await openBrowser()
    try {
      return [size, await firstPaint(browser), await toAnswers(browser), ...(await mapMoved(browser))]
    } finally {
      await browser.close()
    }
  },
}

async function scriptSize(): Promise<number> {
  const folder = pathTo('apps/studio/dist/page/assets')
  const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'))
  const sizes = await Promise.all(scripts.map(async (name) => gzipSync(await readFile(join(folder, name))).length))
  return sizes.reduce((sum, one) => sum + one, 0) / 1000
}

/** Of a project that is open already, in a tab that has seen nothing of it. */
async function firstPaint(browser: Browser): Promise<Figure> {
  await using folder = await emptyFolder()
  await using opened = await openStudio(folder.path, { task: 'text' })
  const rows = Array.from({ length: texts }, (_, place) => ({ text: `Text number ${place}`, label: `${place % 7}` }))
  await opened.client.addRows({ rows })
  const seconds: number[] = []
  for (let round = 0; round < rounds; round++) {
    const { page } = await browser.open(opened.studio.url)
    const paint = page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    )
    seconds.push((await paint) / 1000)
    await page.close()
  }
  return atMost('seconds to the first paint', median(seconds), 1, `${texts} texts`, ' s')
}

/** From folders of pictures that are dropped to the first answer to what the camera sees. */
async function toAnswers(browser: Browser): Promise<Figure> {
  await using folder = await emptyFolder()
  await using opened = await openStudio(folder.path)
  const dropped = await mkdtemp(join(tmpdir(), 'headstart-bench-studio-'))
  try {
    const drawings = [...((await imageTask.sample?.files()) ?? new Map<string, Uint8Array>())]
    for (const label of ['animal', 'food'])
      for (const [path, bytes] of drawings.filter(([path]) => path.includes(`/${label}/`)).slice(0, pictures / 2)) {
        const file = join(dropped, path.replace(/^\w+\//, ''))
        await mkdir(dirname(file), { recursive: true })
        await writeFile(file, bytes)
      }
    const { page } = await browser.open(opened.studio.url)
    const seconds = await secondsOf(async () => {
      await page.locator('input[data-files=folder]').setInputFiles(dropped)
      await page.getByText(`${pictures} examples added.`).waitFor({ timeout: 120_000 })
      await page.getByRole('link', { name: 'Train' }).click()
      await page.getByRole('button', { name: 'Train', exact: true }).click()
      await page.getByRole('heading', { name: 'What came of it' }).waitFor({ timeout: 300_000 })
      await page.getByRole('link', { name: 'Try' }).click()
      await page.getByLabel('Answer all the time').check()
      await page.getByRole('button', { name: 'Turn the camera on' }).click()
      await page.getByRole('region', { name: 'Answer' }).waitFor({ timeout: 60_000 })
    })
    await page.close()
    return atMost(`seconds from ${pictures} pictures dropped to live answers`, seconds, 60, 'trained between', ' s')
  } finally {
    await rm(dropped, { recursive: true })
  }
}

/** Milliseconds between a hundred frames, in the page. */
const timesBetweenFrames = `new Promise((resolve) => {
  const times = []
  const turn = (now) => {
    times.push(now)
    if (times.length <= 100) requestAnimationFrame(turn)
    else resolve(times.slice(1).map((time, place) => time - times[place]))
  }
  requestAnimationFrame(turn)
})`

/** Times between frames while the map is dragged, and a worker arranges its points anew. */
async function mapMoved(browser: Browser): Promise<Figure[]> {
  const pretended = await pretendStudio(pretendedTexts(points))
  try {
    const { page } = await browser.open(`${pretended.address}#look`)
    await page.getByRole('button', { name: 'Principal components' }).click()
    const canvas = page.getByRole('application', { name: `Map of ${points.toLocaleString('en')} examples` })
    await canvas.scrollIntoViewIfNeeded()
    const box = await canvas.boundingBox()
    const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2]
    const frames = page.evaluate<number[]>(timesBetweenFrames)
    const ended = new AbortController()
    void frames.then(() => ended.abort())
    await page.mouse.move(x, y)
    await page.mouse.down()
    for (let step = 0; !ended.signal.aborted; step++)
      await page.mouse.move(x + 60 * Math.sin(step / 6), y + 40 * Math.cos(step / 6))
    await page.mouse.up()
    const times = (await frames).toSorted((a, b) => a - b)
    await page.close()
    const beside = `${points} points, dragged`
    return [
      atMost('milliseconds between frames, the median', median(times), 17, beside, ' ms'),
      atMost(
        'milliseconds between frames, 95 of 100',
        times[Math.floor(0.95 * times.length)] as number,
        34,
        beside,
        ' ms',
      ),
    ]
  } finally {
    pretended.close()
  }
}
