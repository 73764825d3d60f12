import { join } from 'node:path'
import { type Backbone, type Dataset, dataset, fineTune } from '@headstart/core'
import { random } from '@headstart/core/kit'
import { universalSentenceEncoder } from '@headstart/nlp'
import { type ImageInput, mobileNetV2, readImageDataset } from '@headstart/vision'
import sharp from 'sharp'
import { atLeast, atMost, type Figure } from '../figure.js'
import { secondsOf, spreadOf } from '../measure.js'
import { type Asked, isAsked } from './asked.js'
import { texts } from './data.js'

/** Texts and pictures that are explained. */
const explained = 40
/** Examples of each class of which each is left out in turn, and texts whose answers are then asked. */
const leftOut = { perClass: 24, texts: 3 }

/** How faithful explanations of texts are, at what cost. */
export async function explain({ folder, draws = explained }: Asked): Promise<Figure[]> {
  const { train, test } = await texts(folder, 'text/mds-books')
  return explainTexts('text/mds-books', await universalSentenceEncoder(), train, test, draws)
}

/** Whether the influence of examples is what becomes of answers without them. */
export async function influence(asked: Asked): Promise<Figure[]> {
  const encoder = await universalSentenceEncoder()
  const figures: Figure[] = []
  for (const name of ['text/mds-books', 'text/trec6'].filter((one) => isAsked(asked, one))) {
    const { train, test } = await texts(asked.folder, name)
    figures.push(await leaveOneOut(name, encoder, train, test))
  }
  return figures
}

/** Whether maps of pictures point at what the answer is about. */
export function maps({ folder, draws = explained }: Asked): Promise<Figure[]> {
  return explainPictures(join(folder, 'cat-dog-photos'), draws)
}

/** Explanations of texts: how faithful, and at what cost. */
async function explainTexts(
  name: string,
  backbone: Backbone<string>,
  train: Dataset<string>,
  test: Dataset<string>,
  count: number,
): Promise<Figure[]> {
  const model = await fineTune(backbone, train)
  const some = random(0).shuffle(test.inputs).slice(0, count)
  const [own, twins, costs]: [number[], number[], number[]] = [[], [], []]
  for (const text of some) {
    const { faithfulness } = await model.explain(text)
    if (!faithfulness || !('comprehensiveness' in faithfulness)) continue
    own.push(faithfulness.comprehensiveness)
    twins.push((faithfulness.random as typeof faithfulness).comprehensiveness)
  }
  for (const text of some.slice(0, 10)) {
    const { parts } = await model.explain(text, { faithfulness: false })
    const words = parts.flatMap((part) => ('text' in part && part.read !== false ? [part.text] : []))
    const without = words.map((_, left) => words.filter((__, at) => at !== left).join(''))
    const predicting = await secondsOf(() => model.predict([text, ...without]))
    costs.push((await secondsOf(() => model.explain(text, { faithfulness: false }))) / predicting)
  }
  const [faithful, twin] = [spreadOf(own), spreadOf(twins)]
  const beside = `${own.length} texts, sd ${faithful.sd.toFixed(3)}; in random order ${twin.mean.toFixed(3)}`
  return [
    atLeast(`${name}: comprehensiveness by omission`, faithful.mean, 0.45, beside),
    atLeast(`${name}: times that in random order`, faithful.mean / twin.mean, 5, beside),
    atMost(
      `${name}: cost of an explanation`,
      costs.toSorted((a, b) => a - b)[costs.length >> 1] as number,
      1.5,
      'median of 10; in predictions of the same texts',
    ),
  ]
}

/** What becomes of an answer when an example is left out, foreseen and seen. */
async function leaveOneOut(
  name: string,
  backbone: Backbone<string>,
  train: Dataset<string>,
  test: Dataset<string>,
): Promise<Figure> {
  const data = train.sample({ perClass: leftOut.perClass, seed: 0 })
  const model = await fineTune(backbone, data, { keep: true })
  const { l2 } = model.recipe
  const asked = random(1).shuffle(test.inputs).slice(0, leftOut.texts)
  // The same strength, and no temperature, which a strength that is given has none of.
  const same = await fineTune(backbone, data, { keep: true, l2 })
  const foreseen = await Promise.all(
    asked.map((text) => same.explain(text, { examples: data.size, faithfulness: false })),
  )
  const changes = asked.map((): number[] => [])
  const logOdds = (probability: number): number => Math.log(probability) - Math.log1p(-probability)
  const before = await same.predict(asked)
  for (const row of data.inputs.keys()) {
    const rest = data.subset([...data.inputs.keys()].filter((other) => other !== row))
    const without = await fineTune(backbone, rest, { l2 })
    const answers = await without.predict(asked)
    answers.forEach(({ probabilities }, at) => {
      const { label, probability } = before[at] as (typeof before)[number]
      changes[at]?.push(logOdds(probabilities[label] as number) - logOdds(probability))
    })
  }
  const correlations = changes.map((seen, at) => {
    const said = new Map(foreseen[at]?.examples.map(({ row, influence }) => [row - 1, -(influence ?? 0)]))
    return rankCorrelation(
      seen,
      seen.map((_, row) => said.get(row) ?? 0),
    )
  })
  const worst = Math.min(...correlations)
  return atLeast(
    `${name}: change by leaving one out, rank correlation`,
    worst,
    0.9,
    `the worst of ${asked.length} texts, ${data.size} examples each; by chance 0`,
  )
}

/** Photos of cats beside a photo of a dog: whether the map of the answer "cat" has its peak on the cat's side. */
async function explainPictures(folder: string, most: number): Promise<Figure[]> {
  const data: Dataset<ImageInput> = await readImageDataset(folder)
  const { train, test } = data.split({ test: 0.4, seed: 0 })
  const model = await fineTune(await mobileNetV2(), dataset(train.examples))
  const of = (label: string): string[] =>
    test.examples.flatMap((one) => (one.label === label ? [one.input as string] : []))
  const [cats, dogs] = [of('cat'), of('dog')]
  let right = 0
  const [own, twins]: [number[], number[]] = [[], []]
  for (const [place, cat] of cats.slice(0, most).entries()) {
    const both = await sideBySide(dogs[place % dogs.length] as string, cat)
    const { parts, faithfulness } = await model.explain(both, { label: 'cat', faithfulness: place < 10 })
    const peak = parts.reduce((most, part) => (part.weight > most.weight ? part : most))
    if ('box' in peak && peak.box.x + peak.box.width / 2 > side / 2) right++
    if (!faithfulness || !('deletion' in faithfulness)) continue
    own.push(faithfulness.insertion - faithfulness.deletion)
    const twin = faithfulness.random as typeof faithfulness
    twins.push(twin.insertion - twin.deletion)
  }
  const count = Math.min(cats.length, most)
  return [
    atLeast(`peak of the map on the cat, beside a dog`, right / count, 0.9, `${count} pairs; by chance 0.5`),
    {
      what: 'insertion area less deletion area',
      measured: spreadOf(own).mean.toFixed(3),
      beside: `in random order ${spreadOf(twins).mean.toFixed(3)}`,
    },
  ]
}

/** Pixels of a pair. */
const side = 448

async function sideBySide(left: string, right: string): Promise<Buffer> {
  const half = (path: string): Promise<Buffer> =>
    sharp(path)
      .rotate()
      .flatten()
      .resize(side / 2, side, { fit: 'cover' })
      .png()
      .toBuffer()
  const canvas = sharp({ create: { width: side, height: side, channels: 3, background: 'gray' } })
  return canvas
    .composite([
      { input: await half(left), left: 0, top: 0 },
      { input: await half(right), left: side / 2, top: 0 },
    ])
    .png()
    .toBuffer()
}

/** Rank correlation of Spearman. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const ranks = (values: readonly number[]): number[] => {
    const rank = Array<number>(values.length)
    const order = [...values.keys()].sort((i, j) => (values[i] as number) - (values[j] as number))
    order.forEach((at, place) => (rank[at] = place))
    return rank
  }
  const [x, y] = [ranks(a), ranks(b)]
  const squares = x.reduce((sum, rank, at) => sum + (rank - (y[at] as number)) ** 2, 0)
  return 1 - (6 * squares) / (a.length * (a.length ** 2 - 1))
}
