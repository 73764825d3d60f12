import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tinyTranslator, writeTranslator } from '@headstart/translation/test'
import { grayPicture } from './gray-picture.js'
import { script } from './program.js'
import { savedBot } from './read-bots.js'
import { savedModels } from './saved-models.js'
import { writeShop } from './shop.js'
import { type Extent, type Row, shareOf } from './table.js'

/** What is done again and again, each a statement; `place` is a folder, `time` a number that grows. */
interface Kind {
  readonly what: string
  /** Of `place`. */
  readonly place: string
  readonly setUp: string
  /** Opens `one`. */
  readonly open: string
  /** Asks `one`. */
  readonly ask: string
  /** Trainings, by name: each gives what is closed. */
  readonly train: Readonly<Record<string, string>>
}

/**
 * What each process is started with. V8 lets its nursery grow from 8 MB to its full 48 with the first garbage that lives a
 * while, whatever made it: it has its full size from the start, so that growth is growth of what is kept.
 */
const flags = ['--expose-gc', '--min-semi-space-size=16', '--max-semi-space-size=16']

/**
 * Does something so often, and so often again, and says how the resident set grew from the first half to the second, as a share: what
 * a process keeps once, such as compiled functions and what the allocator holds ready, it has by then.
 */
const measure = (setUp: string, once: string): string => `
  import { readFile } from 'node:fs/promises'
  const [, place, times] = process.argv
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) { globalThis.gc(); await new Promise((resolve) => setTimeout(resolve, 20)) }
    return process.memoryUsage.rss()
  }
  ${setUp}
  let before
  for (let time = 0; time < 2 * Number(times); time++) {
    if (time === Number(times)) before = await settled()
    ${once}
  }
  console.log(((await settled()) / before - 1).toFixed(3))`

const texts =
  "Array.from({ length: 16 }, (_, at) => ({ input: (at % 2 ? 'bad' : 'good') + ' food ' + at, label: at % 2 ? 'bad' : 'good' }))"
const pictures =
  "Array.from({ length: 8 }, (_, at) => ({ input: place + '/' + at + '.png', label: at % 2 ? 'light' : 'dark' }))"

async function kinds(folder: string): Promise<Kind[]> {
  const [photos, bot, translator, shop] = ['photos', 'bot', 'translator', 'shop'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ]
  for (const place of [photos, bot, translator, shop]) await mkdir(place, { recursive: true })
  for (let at = 0; at < 8; at++)
    await writeFile(join(photos, `${at}.png`), grayPicture(24, at % 2 ? 200 + at : 40 + at))
  await writeTranslator(translator, tinyTranslator({ decoders: 'merged' }))
  await writeShop(shop)
  return [
    {
      what: 'texts',
      place: savedModels.text,
      setUp: `import { dataset, fineTune, loadModel } from '@headstart/nlp'; const data = dataset(${texts}); const { backbone } = await loadModel(place)`,
      open: 'await loadModel(place)',
      ask: "await one.predict('The food was good ' + time)",
      train: {
        trainings: 'await fineTune(backbone, data, { cache: false })',
        tunings: 'await fineTune(backbone, data, { cache: false, unfreeze: 1, epochs: 2, seed: 0 })',
      },
    },
    {
      what: 'pictures',
      place: photos,
      setUp: `import { dataset, fineTune, loadModel } from '@headstart/vision'; const data = dataset(${pictures}); const saved = '${savedModels.image}'; const { backbone } = await loadModel(saved); const bytes = await readFile(place + '/1.png')`,
      open: 'await loadModel(saved)',
      ask: 'await one.predict(bytes)',
      train: {
        trainings: 'await fineTune(backbone, data, { cache: false })',
        tunings: 'await fineTune(backbone, data, { cache: false, unfreeze: 1, epochs: 2, seed: 0 })',
      },
    },
    {
      what: 'bots',
      place: await savedBot(bot),
      setUp: `import { chatbot, loadChatbot, readChatData } from '@headstart/nlp'; const data = await readChatData(place + '/../data.csv'); const { model: { backbone } } = await loadChatbot(place)`,
      open: 'await loadChatbot(place)',
      ask: "await one.reply('The food was good on friday, ' + time)",
      train: { trainings: 'await chatbot(backbone, data, { cache: false })' },
    },
    {
      what: 'recommenders',
      place: shop,
      setUp: `import { loadRecommender, readShop, recommenderMethods, trainRecommender } from '@headstart/recommender'; const shop = await readShop(place); const methods = recommenderMethods.filter(({ name }) => ['item-knn', 'ease', 'fine-tuned'].includes(name)); const saved = '${savedModels.behavior}'`,
      open: 'await loadRecommender(saved)',
      ask: 'await one.recommend([one.catalog.items[time % one.catalog.items.length].id])',
      train: { trainings: 'await trainRecommender(shop, { methods })' },
    },
    {
      what: 'translators',
      place: translator,
      setUp: `import { fineTune, translator } from '@headstart/translation'; const pairs = Array.from({ length: 12 }, (_, at) => ({ source: 'open the file ' + at, target: 'die datei öffnen ' + at })); const base = await translator(place)`,
      open: 'await translator(place)',
      ask: "await one.translate(['open the file ' + time], { maxLength: 8 })",
      train: { tunings: 'await fineTune(base, pairs, { epochs: 1, threads: 1 })' },
    },
  ]
}

/** Asks, trains and loads again and again: memory stays where it was, within a tenth. */
export async function memory(extent: Extent): Promise<Row[]> {
  const rows: Row[] = []
  const folder = join(extent.folder, 'memory')
  for (const { what, place, setUp, open, ask, train } of await kinds(folder))
    for (const [doing, count, before, once] of [
      ['answers', 2000, `const one = ${open}`, ask],
      ['loads', 30, '', `{ const one = ${open}; ${ask}; await one.close() }`],
      ...Object.entries(train).map(([name, one]) => [name, 30, '', `await (${one}).close()`] as const),
    ] as const) {
      const times = shareOf(count, extent)
      const { code, said } = await script(measure(`${setUp}; ${before}`, once), [place, String(times)], flags).ended
      const growth = Number(said.trim().split('\n').at(-1))
      const isMeasured = times >= count
      const wrong =
        code !== 0 || Number.isNaN(growth)
          ? [said.slice(-400)]
          : isMeasured && growth > 0.1
            ? [`memory grew by ${(100 * growth).toFixed(0)} %`]
            : []
      const also = `resident set ${growth >= 0 ? '+' : ''}${(100 * growth).toFixed(1)} %`
      rows.push({ what: `memory, ${what}, ${doing}`, done: times, wrong, also })
    }
  return rows
}
