import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { FeatureCache, type Matrix } from '@headstart/core'
import { computeFeatures, pairedDifference, random, rowOf } from '@headstart/core/kit'
import { universalSentenceEncoder } from '@headstart/nlp'
import { float32, int64, type Tensors, Trainer } from '@headstart/onnx'
import { oneCycle, softmaxCrossEntropy } from '@headstart/onnx/kit'
import { readShop } from '@headstart/recommender'
import {
  behaviorNetwork,
  behaviorRecommender,
  CalibratedFeatures,
  type Case,
  fitItemFeatures,
  freshSequenceWeights,
  type Histories,
  inputsOf,
  ItemFeatures,
  leaveOneOut,
  positives,
  rankCases,
  rankLift,
  type Recommender,
  sequenceGraph,
  sequenceLength,
  sequenceNames,
  sequenceRecommender,
  type SequenceWeights,
  type SparseRows,
  targetRanks,
  textSimilarity,
  tfIdf,
  trainedWeights,
  unitRows,
} from '@headstart/recommender/kit'
import type { Benchmark, Figure } from './figure.js'

/** A shop of the benchmark; of those that are no source no network is trained, for their terms. */
const shops = [
  { name: 'amz-industrial', family: 'parts', isSource: false },
  { name: 'ml-latest-small', family: 'films', isSource: false },
  { name: 'movietweetings-100k', family: 'films', isSource: true },
  { name: 'completejourney-types', family: 'groceries', isSource: true },
  { name: 'online-retail', family: 'gifts', isSource: true },
  { name: 'online-retail-nextbasket', family: 'gifts', isSource: true },
  // Made by dependency-shop.ts.
  { name: 'debian-dependencies', family: 'packages', isSource: true },
] as const

/** Options of `pretraining`. */
export interface PretrainingOptions {
  /** Names of the shops that are judged on. Default: all. */
  readonly only?: readonly string[] | undefined
  /** Numbers of known users. Default: 25, 100 and 500. */
  readonly users?: readonly number[] | undefined
  /** Draws: of fresh weights, batches, known users and asked ones. Default: 3. */
  readonly draws?: number | undefined
  /** Users who are asked for their last item. Default: 200. */
  readonly asked?: number | undefined
  /** Of pre-training. Default: 1500. */
  readonly steps?: number | undefined
  readonly onFigure?: ((figure: Figure) => void) | undefined
}

/** Items in the matrices of EASE, cases that evidence is calibrated by, histories of a step, and items that their next is told from. */
const [itemLimit, mostCases, batchSize, candidateCount] = [1000, 200, 32, 512]
/** Numbers that the network is told of a text; texts by which their directions are found, and in how many rounds. */
const [textWidth, mostRows, iterations] = [64, 1500, 10]

/**
 * Is behavior worth pre-training? A sequence network whose items are features of a text encoder alone, so that it can be carried to a
 * shop that it never saw; trained on the sources but those of the shop's family, beside the same network untrained: by itself, and as
 * one more scorer of the evidence that a gate weighs. Few users of the shop are known; asked for is the last item of others, among all
 * items and, where nobody known took it, among such ones. The gate is untrained, for its own pre-training adds nothing certain.
 */
export function pretraining(
  folder: string,
  { only, users = [25, 100, 500], draws = 3, asked = 200, steps = 1500, onFigure = () => {} }: PretrainingOptions = {},
): Benchmark {
  return {
    title: `${basename(folder)}: NDCG@10 of a pre-trained sequence network over features of texts, less the same network untrained`,
    async run() {
      const figures: Figure[] = []
      const [encoder, cache] = [await universalSentenceEncoder(), await FeatureCache.open()]
      const opened = new Map<string, Promise<OpenShop>>()
      const open = (name: string): Promise<OpenShop> => {
        const shop =
          opened.get(name) ?? openShop(join(folder, name), (texts) => computeFeatures(encoder, texts, { cache }))
        opened.set(name, shop)
        return shop
      }
      const present = shops.filter(({ name }) => existsSync(join(folder, name)))
      // Of a family and a draw, for all shops of it.
      const pretrained = new Map<string, Promise<readonly [Directions, SequenceWeights]>>()
      const pretrainedWithout = (family: string, seed: number): Promise<readonly [Directions, SequenceWeights]> => {
        const key = `${family} ${seed}`
        const training = pretrained.get(key) ?? pretrain(family, seed)
        pretrained.set(key, training)
        return training
      }
      const pretrain = async (family: string, seed: number): Promise<readonly [Directions, SequenceWeights]> => {
        const sources = present.filter((shop) => shop.isSource && shop.family !== family)
        const known = await Promise.all(sources.map((source) => open(source.name)))
        const directions = directionsOf(known, seed)
        return [directions, await pretrainSequence(known, directions, { seed, steps })]
      }
      const gains = new Map<Asked, Map<string, [number, number][]>>(kinds.map((what) => [what, new Map()]))
      for (const { name, family } of present.filter((shop) => only?.includes(shop.name) ?? true)) {
        const rows = new Map<number, Outcomes[]>(users.map((count) => [count, []]))
        for (let seed = 0; seed < draws; seed++) {
          const [directions, trained] = await pretrainedWithout(family, seed)
          const shop = await open(name)
          const fresh = untrained(shop, directions, seed)
          for (const count of users)
            rows.get(count)?.push(await judge(shop, [carriedTo(fresh, trained), fresh], { seed, count, asked }))
        }
        for (const [count, outcomes] of rows) {
          for (const what of kinds) {
            const pairs = outcomes.flatMap((outcome) => outcome[what].map(({ pair }) => pair))
            if (pairs.length < 2) continue
            const ofUsers = gains.get(what) as Map<string, [number, number][]>
            for (const { user, pair } of outcomes.flatMap((outcome) => outcome[what])) {
              const key = `${name} ${user}`
              ofUsers.set(key, [...(ofUsers.get(key) ?? []), pair])
            }
            const beside = `${draws} draws, ${pairs.length} questions; texts alone ${mean(outcomes.flatMap(({ texts }) => texts))}`
            const figure = {
              what: `${name}, ${count} users known, ${what}`,
              ...said(pairs),
              beside: `${said(pairs).beside}; ${beside}`,
            }
            figures.push(figure)
            onFigure(figure)
          }
        }
      }
      for (const [what, ofUsers] of gains) {
        // What somebody is asked again, in other draws and beside others who are known, is no new question.
        const pairs = [...ofUsers.values()].map(meanPair)
        if (pairs.length < 2) continue
        const { measured, beside } = said(pairs)
        const figure = {
          what: `all, ${what}`,
          measured,
          beside: `${beside}; ${pairs.length} users`,
          target: 'interval above 0',
          reached: isCertain(pairs),
        }
        figures.push(figure)
        onFigure(figure)
      }
      await encoder.close()
      return figures
    },
  }
}

interface OpenShop {
  readonly histories: Histories
  readonly terms: SparseRows
  readonly features: Matrix
}

async function openShop(folder: string, embed: (texts: readonly string[]) => Promise<Matrix>): Promise<OpenShop> {
  const { catalog, interactions } = await readShop(folder)
  const texts = catalog.texts()
  const features = unitRows(await embed(texts.map((text) => text.slice(0, 200))))
  texts.forEach((text, row) => {
    if (text === '') features.data.fill(0, row * features.columns, (row + 1) * features.columns)
  })
  return { histories: positives(interactions, catalog.size, { minimum: 5 }), terms: tfIdf(texts), features }
}

/** Main directions of features, from the mean on: `[columns, width]`. */
interface Directions {
  readonly mean: Float64Array
  readonly directions: Float64Array
}

/**
 * The main directions of the sources' features (principal components, by orthogonal iteration): what a network of this width keeps of
 * a text. Random ones keep so little that the text of the last item alone tells more than the network.
 */
function directionsOf(sources: readonly OpenShop[], seed: number): Directions {
  const { shuffle, normal } = random(seed)
  const { columns } = (sources[0] as OpenShop).features
  const rows = shuffle(
    sources.flatMap(({ features }) => Array.from({ length: features.rows }, (_, row) => rowOf(features, row))),
  )
  const some = rows.filter((row) => row.some((value) => value !== 0)).slice(0, mostRows)
  const mean = new Float64Array(columns)
  for (const row of some)
    for (let k = 0; k < columns; k++) mean[k] = (mean[k] as number) + (row[k] as number) / some.length
  const centered = some.map((row) => Float64Array.from(row, (value, k) => value - (mean[k] as number)))
  let basis = orthonormal(Array.from({ length: textWidth }, () => Float64Array.from({ length: columns }, normal)))
  for (let iteration = 0; iteration < iterations; iteration++) {
    const next = basis.map(() => new Float64Array(columns))
    for (const row of centered) {
      basis.forEach((direction, index) => {
        const along = dot(row, direction)
        const target = next[index] as Float64Array
        for (let k = 0; k < columns; k++) target[k] = (target[k] as number) + along * (row[k] as number)
      })
    }
    basis = orthonormal(next)
  }
  const directions = new Float64Array(textWidth * columns)
  basis.forEach((direction, index) => directions.set(direction, index * columns))
  return { mean, directions }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number)
  return sum
}

/** Vectors at right angles and of length 1 that span the same (Gram and Schmidt). */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = []
  for (const vector of vectors) {
    const own = vector.slice()
    for (const other of done) {
      const along = dot(own, other)
      for (let k = 0; k < own.length; k++) own[k] = (own[k] as number) - along * (other[k] as number)
    }
    const length = Math.sqrt(dot(own, own)) || 1
    done.push(own.map((value) => value / length))
  }
  return done
}

/**
 * A network that knows items by their features alone, untrained: residuals of items stay 0, and attention and what follows it add
 * nothing yet, so that it begins as the likeness to the text of the last item.
 */
function untrained(
  { features }: Pick<OpenShop, 'features'>,
  { mean, directions }: Directions,
  seed: number,
): SequenceWeights {
  const { rows, columns } = features
  const fresh = freshSequenceWeights({ rows, columns: 1, data: new Float32Array(rows) }, seed)
  const zeros = (name: string) => {
    const { dims } = fresh[name] as SequenceWeights[string]
    return float32(dims, new Float32Array(dims.reduce((a, b) => a * b, 1)))
  }
  const texts = new Float32Array((rows + 1) * textWidth)
  for (let item = 0; item < rows; item++) {
    const row = rowOf(features, item)
    if (row.every((value) => value === 0)) continue
    const centered = Float64Array.from(row, (value, k) => value - (mean[k] as number))
    const along = Float64Array.from({ length: textWidth }, (_, index) =>
      dot(centered, directions.subarray(index * columns, (index + 1) * columns)),
    )
    const length = Math.sqrt(dot(along, along)) || 1
    texts.set(
      along.map((value) => value / length),
      (item + 1) * textWidth,
    )
  }
  const [, width] = (fresh['item/text'] as SequenceWeights[string]).dims as [number, number]
  const identity = zeros('item/text')
  for (let k = 0; k < width; k++) identity.data[k * width + k] = 1
  return {
    ...fresh,
    texts: float32([rows + 1, textWidth], texts),
    'item/text': identity,
    ...Object.fromEntries(['item/residual', 'position', 'out', 'forward/out'].map((name) => [name, zeros(name)])),
  }
}

/** What was trained, for the items of a shop that it never saw. */
function carriedTo(fresh: SequenceWeights, trained: SequenceWeights): SequenceWeights {
  const own = { texts: fresh['texts'], 'item/residual': fresh['item/residual'] } as SequenceWeights
  return { ...trained, ...own }
}

/** Trains a network that knows no item on the histories of several shops, without the last interaction of each user. */
async function pretrainSequence(
  sources: readonly OpenShop[],
  directions: Directions,
  { seed, steps }: { readonly seed: number; readonly steps: number },
): Promise<SequenceWeights> {
  const { columns } = (sources[0] as OpenShop).features
  const rows = sources.reduce((sum, { features }) => sum + features.rows, 0)
  const all: Matrix = { rows, columns, data: new Float32Array(rows * columns) }
  const parts = sources.map(({ features, histories }, place) => {
    const first = sources.slice(0, place).reduce((sum, shop) => sum + shop.features.rows, 0)
    all.data.set(features.data, first * columns)
    return { first, items: features.rows, train: leaveOneOut(histories).train }
  })
  const fresh = untrained({ features: all }, directions, seed)
  const { graph, loss, targets, weights } = softmaxCrossEntropy(sequenceGraph(fresh, true), {
    logits: sequenceNames.scores,
  })
  const feeds = (step: number): Tensors => {
    const chance = random(seed + 104_729 * (step + 1))
    return batchOf(parts[chance.below(parts.length)] as Part, chance, { targets, weights })
  }
  // The map from texts to items stays as it is: learned is where in a history to look.
  const names = trainedWeights(fresh).filter((name) => !name.startsWith('item/'))
  const trainer = await Trainer.create(graph, {
    loss,
    groups: [{ names, learningRate: 2e-3, weightDecay: 0.05 }],
    schedule: oneCycle({ steps, rise: 0.1 }),
    clipNorm: 1,
    feeds: feeds(0),
  })
  try {
    for (let step = 0; step < steps; step++) await trainer.step(feeds(step))
    return { ...fresh, ...trainer.parameters() } as SequenceWeights
  } finally {
    await trainer.close()
  }
}

/** A shop among others: its items begin at `first`. */
interface Part {
  readonly first: number
  readonly items: number
  readonly train: Histories
}

/** Histories of one shop; what is next is told from its items alone. */
function batchOf(
  { first, items, train }: Part,
  { below }: ReturnType<typeof random>,
  names: { readonly targets: string; readonly weights: string },
): Tensors {
  const columns = new Map<number, number>()
  const columnOf = (item: number): number => columns.get(item) ?? (columns.set(item, columns.size), columns.size - 1)
  const targets = new Float32Array(batchSize * sequenceLength * candidateCount)
  const weights = new Float32Array(batchSize * sequenceLength)
  const histories: Int32Array[] = []
  for (let row = 0; row < batchSize; row++) {
    // The latest of a user, up to any place.
    const whole = train.at(below(train.length)).items
    const end = 2 + below(Math.max(whole.length - 1, 1))
    const some = whole.subarray(Math.max(0, end - 9), end)
    histories.push(some.subarray(0, -1).map((item) => item + first))
    some.subarray(1).forEach((item, place) => {
      const at = (row + 1) * sequenceLength - (some.length - 1) + place
      targets[at * candidateCount + columnOf(item)] = 1
      weights[at] = 1
    })
  }
  while (columns.size < candidateCount) columnOf(below(items))
  return {
    ...inputsOf(histories),
    [sequenceNames.candidates]: int64(
      [candidateCount],
      Array.from(columns.keys(), (item) => item + first + 1),
    ),
    [names.targets]: float32([batchSize * sequenceLength, candidateCount], targets),
    [names.weights]: float32([batchSize * sequenceLength], weights),
  }
}

const kinds = ['alone', 'as one more scorer', 'alone, cold items', 'as one more scorer, cold items'] as const
type Asked = (typeof kinds)[number]

type Pairs = readonly (readonly [number, number])[]
/** NDCG@10 of a question to a user, by the pre-trained network and by the untrained one. */
interface Answered {
  readonly user: number
  readonly pair: [number, number]
}
type Outcomes = Record<Asked, readonly Answered[]> & {
  readonly texts: readonly number[]
}

/** NDCG@10 of each question, by the pre-trained network and by the untrained one. */
async function judge(
  shop: OpenShop,
  networks: readonly [trained: SequenceWeights, untrained: SequenceWeights],
  { seed, count, asked }: { readonly seed: number; readonly count: number; readonly asked: number },
): Promise<Outcomes> {
  const { histories, features } = shop
  const { train, cases } = leaveOneOut(histories)
  const { shuffle } = random(seed)
  const questions = shuffle(cases).slice(0, asked)
  const known = new Set(shuffle([...histories.users]).slice(0, count))
  const few = train.truncate(({ items }, place) => (known.has(train.users[place] as number) ? items.length : -1))
  const cold = Uint8Array.from(few.popularity(), (takers) => (takers === 0 ? 1 : 0))
  const coldQuestions = questions.filter(({ target }) => cold[target] === 1)
  const evidence = await evidenceOf(shop, few)
  const ndcgOf = async (recommender: Recommender, isCold: boolean): Promise<readonly number[]> => {
    const some: readonly Case[] = isCold ? coldQuestions : questions
    return [...(await rankCases(recommender, some, isCold ? { candidates: cold } : {})).ndcg]
  }
  const found: number[][][] = []
  for (const weights of networks) {
    const sequence = await sequenceRecommender(sequenceGraph(weights, false))
    const gated = await evidence(sequence, seed)
    const row: number[][] = []
    for (const recommender of [sequence, gated])
      for (const isCold of [false, true]) row.push([...(await ndcgOf(recommender, isCold))])
    found.push(row)
    await gated.close?.()
    await sequence.close()
  }
  const answers = (at: number, asked: readonly Case[]): Answered[] =>
    asked.map(({ user }, place) => ({
      user,
      pair: [found[0]?.[at]?.[place] as number, found[1]?.[at]?.[place] as number],
    }))
  return {
    alone: answers(0, questions),
    'alone, cold items': answers(1, coldQuestions),
    'as one more scorer': answers(2, questions),
    'as one more scorer, cold items': answers(3, coldQuestions),
    texts: await ndcgOf(textSimilarity(features), false),
  }
}

/** What is known of a shop with a sequence network as one more scorer, weighed by an untrained gate. */
async function evidenceOf({ terms }: OpenShop, few: Histories) {
  const past = leaveOneOut(few)
  const [before, now] = [
    await fitItemFeatures(past.train, terms, { itemLimit }),
    await fitItemFeatures(few, terms, { itemLimit }),
  ]
  const looked = past.cases.slice(0, mostCases)
  return async (sequence: Recommender, seed: number): Promise<Recommender> => {
    const ranks = await targetRanks(new ItemFeatures({ ...before.parts, sequence }), looked)
    const features = new ItemFeatures({ ...now.parts, sequence })
    const lift = rankLift(ranks, features.names.length, features.itemCount)
    return behaviorRecommender('gate', behaviorNetwork(features.names, seed), new CalibratedFeatures(features, lift))
  }
}

function said(pairs: Pairs): { readonly measured: string; readonly beside: string } {
  const { mean: gain, margin } = pairedDifference(pairs)
  return {
    measured: `${gain < 0 ? '' : '+'}${gain.toFixed(4)} ± ${margin.toFixed(4)}`,
    beside: `${mean(pairs.map(([trained]) => trained))} beside ${mean(pairs.map(([, fresh]) => fresh))} untrained`,
  }
}

function meanPair(pairs: Pairs): [number, number] {
  const at = (place: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[place], 0) / pairs.length
  return [at(0), at(1)]
}

function isCertain(pairs: Pairs): boolean {
  const { mean: gain, margin } = pairedDifference(pairs)
  return gain - margin > 0
}

function mean(values: readonly number[]): string {
  return (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(4)
}
