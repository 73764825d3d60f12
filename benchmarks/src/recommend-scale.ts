import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { float32, GraphBuilder, Session } from '@headstart/onnx'
import { type Matrix } from '@headstart/core'
import { random } from '@headstart/core/kit'
import { recommenderMethods, startRun } from '@headstart/recommender'
import {
  type History,
  positives,
  recommend,
  type Recommender,
  textSimilarity,
  tfIdf,
  unitRows,
  withIndex,
} from '@headstart/recommender/kit'
import { atLeast, atMost, type Benchmark, type Figure } from './figure.js'
import { generatedShop } from './generated-shop.js'
import { median } from './measure.js'
import type { Spent } from './recommend-scale-child.js'

/** Items of the catalog from which a list is made, and factors of the bare product beside. */
const [items, width] = [100_000, 64]
const rounds = 61
/** Interactions that are learned from. */
const sizes = [10_000, 100_000, 1_000_000] as const

/** Lists from a large catalog beside a bare matrix product, and training as a shop grows. */
export const recommendScale: Benchmark = {
  title: 'Recommenders at scale, on generated shops',
  run: async () => [...(await listFigures()), ...(await indexFigures()), ...(await trainingFigures())],
}

/**
 * The ten best of 100,000 items for one history, in turns with [1, 64] by [64, 100,000] in onnxruntime on one thread: what a
 * recommender of 64 factors cannot do without. The fastest of the rounds: milliseconds are what other programs disturb.
 */
async function listFigures(): Promise<Figure[]> {
  const shop = generatedShop({ interactions: 3 * items, items })
  const train = positives(shop.interactions, items)
  const terms = tfIdf(shop.catalog.texts())
  const material = { catalog: shop.catalog, terms, texts: terms }
  const recommenders: Recommender[] = [textSimilarity(terms)]
  const run = startRun()
  for (const method of recommenderMethods.filter(({ name }) => name !== 'scratch' && name !== 'fine-tuned')) {
    const { settings } = await method.choose(material, { train, cases: [] }, run)
    recommenders.push(await method.fit(material, train, settings, run))
  }
  const product = await bareProduct()
  const histories = Array.from({ length: rounds }, (_, round) => train.at((round * 37) % train.length))
  const bare: number[] = []
  const times = recommenders.map((): number[] => [])
  for (const history of [...histories.slice(0, 10), ...histories]) {
    bare.push(await millisecondsOf(product.run))
    for (const [place, recommender] of recommenders.entries())
      times[place]?.push(await millisecondsOf(() => listOf(recommender, history)))
  }
  await product.close()
  const beside = Math.min(...bare.slice(-rounds))
  return recommenders.map(({ name }, place) => {
    const own = Math.min(...(times[place] ?? []).slice(-rounds))
    return atMost(
      `${name}: ten of ${items} items, times a bare product`,
      own / beside,
      3,
      `${own.toFixed(1)} ms beside ${beside.toFixed(1)} ms`,
    )
  })
}

function listOf(recommender: Recommender, history: History): Promise<unknown> {
  return recommend(recommender, history, { k: 10 })
}

/**
 * An approximate index of vectors of one length, such as features of texts, beside lists that are exact.
 */
async function indexFigures(): Promise<Figure[]> {
  const many = 1.2 * items
  const exact = textSimilarity(generatedFeatures(many))
  const started = performance.now()
  const indexed = await withIndex(exact)
  const built = (performance.now() - started) / 1000
  const [own, beside, found]: [number[], number[], number[]] = [[], [], []]
  const { below } = random(1)
  for (let round = 0; round < rounds; round++) {
    const history = { items: Int32Array.of(below(many), below(many), below(many)), times: Float64Array.of(0, 1, 2) }
    beside.push(await millisecondsOf(() => recommend(exact, history)))
    own.push(await millisecondsOf(() => recommend(indexed, history)))
    const best = new Set((await recommend(exact, history)).map(({ item }) => item))
    found.push((await recommend(indexed, history)).filter(({ item }) => best.has(item)).length / best.size)
  }
  const [list, product] = [median(own), median(beside)]
  const recall = found.reduce((sum, share) => sum + share, 0) / found.length
  const worth =
    list < product ? `worth it from ${Math.ceil((1000 * built) / (product - list))} lists on` : 'never worth it'
  return [
    atLeast(
      `features of texts: share of the ten best of ${many} items that the index finds`,
      recall,
      0.95,
      `built in ${built.toFixed(0)} s, ${worth}`,
    ),
    {
      what: 'features of texts: a list by the index, times an exact one',
      measured: (list / product).toFixed(2),
      beside: `${list.toFixed(1)} ms beside ${product.toFixed(1)} ms`,
    },
  ]
}

/** Features of so many items of 4000 kinds, in rows of length 1. */
function generatedFeatures(rows: number): Matrix {
  const { normal, below } = random(0)
  const kinds = Float32Array.from({ length: 4000 * width }, () => normal())
  const data = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) {
    const kind = below(4000)
    for (let k = 0; k < width; k++) data[row * width + k] = (kinds[kind * width + k] as number) + 0.7 * normal()
  }
  return unitRows({ rows, columns: width, data })
}

async function bareProduct(): Promise<{ run: () => Promise<unknown>; close: () => Promise<void> }> {
  const g = new GraphBuilder('bare product')
  const user = g.input('user', 'float32', [1, width])
  const factors = g.weight(
    'factors',
    float32(
      [width, items],
      Float32Array.from({ length: width * items }, (_, at) => Math.sin(at)),
    ),
  )
  g.output('scores', g.op('MatMul', [user, factors]), 'float32', [1, items])
  const session = await Session.create(g.build(), { threads: 1 })
  const feed = float32([1, width], new Float32Array(width).fill(0.1))
  return { run: () => session.run({ user: feed }), close: () => session.close() }
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** One fit of each method, and the whole training, which fits each many times, as interactions grow a hundredfold. */
async function trainingFigures(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const name of [...recommenderMethods.map((method) => method.name), 'all']) {
    const spent: Spent[] = []
    for (const interactions of sizes) spent.push(await inAProcess(name, interactions))
    const [least, most] = [spent[0], spent.at(-1)] as [Spent, Spent]
    const what = name === 'all' ? `everything tried, ${most.chosen} chosen` : `${name}, one fit`
    const beside = spent.map(({ seconds, cpuSeconds, megabytes }, place) => {
      return `${sizes[place]}: ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} of CPU), ${megabytes.toFixed(0)} MB`
    })
    figures.push(
      atMost(
        `${what}: CPU for an interaction, times that with a hundredth of them`,
        most.cpuSeconds / least.cpuSeconds / 100,
        1.5,
        beside.join('; '),
      ),
      atMost(`${what}: most memory, ${sizes.at(-1)} interactions`, most.megabytes, 2048, `${most.items} items`, ' MB'),
    )
  }
  return figures
}

async function inAProcess(name: string, interactions: number): Promise<Spent> {
  const script = fileURLToPath(new URL('recommend-scale-child.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    script,
    name,
    String(interactions),
  ])
  return JSON.parse(stdout) as Spent
}
