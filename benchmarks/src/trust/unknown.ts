import { type Dataset, FeatureCache, fineTune } from '@headstart/core'
import { separation } from '@headstart/core/kit'
import { universalSentenceEncoder } from '@headstart/nlp'
import { joinedMobileNets } from '@headstart/vision'
import { atLeast, atMost, type Figure } from '../figure.js'
import { spreadOf } from '../measure.js'
import { type Asked, isAsked } from './asked.js'
import { pictures, textFile, texts } from './data.js'

const seeds = 3
/** Draws over which the share that is refused is a mean. */
const refusals = 12
/** Share of what belongs that may be refused. */
const share = 0.05

/** How well familiarity tells texts that do not belong, and how much of what belongs it refuses. */
export async function unknownTexts(asked: Asked): Promise<Figure[]> {
  const { folder } = asked
  const encoder = await universalSentenceEncoder()
  const [clinc, trec, spam, books] = await Promise.all(
    ['chat/clinc-a', 'text/trec6', 'text/sms-spam', 'text/mds-books'].map((name) => texts(folder, name)),
  )
  const reviews = await texts(folder, 'reviews')
  if (!clinc || !trec || !spam || !books) return []
  const questions = await textFile(folder, 'chat/clinc-a/out-of-scope.csv')
  const sister = (await texts(folder, 'text/mds-dvd')).test.inputs
  const cells: readonly [string, typeof clinc, number, Foreign<string>[]][] = [
    ...(
      [
        [5, 0.93],
        [10, 0.94],
      ] as const
    ).map(([perClass, target]): (typeof cells)[number] => [
      'clinc-a',
      clinc,
      perClass,
      [
        { name: 'questions out of scope', inputs: questions.inputs, target },
        { name: 'review sentences', inputs: reviews.test.inputs, target: 0.98 },
      ],
    ]),
    ['trec6', trec, 16, [{ name: 'review sentences', inputs: reviews.test.inputs, target: 0.98 }]],
    ['sms-spam', spam, 32, [{ name: 'trec6', inputs: trec.test.inputs, target: 0.98 }]],
    [
      'mds-books',
      books,
      32,
      [
        { name: 'sms', inputs: spam.test.inputs, target: 0.98 },
        { name: 'film reviews (a sister domain)', inputs: sister },
      ],
    ],
    ['reviews', reviews, 64, [{ name: 'trec6', inputs: trec.test.inputs, target: 0.98 }]],
  ]
  const figures: Figure[] = []
  for (const [name, data, perClass, foreign] of cells)
    if (isAsked(asked, name))
      figures.push(...(await measure(name, encoder, () => data, perClass, foreign, asked.draws)))
  return figures
}

/** The same of pictures. */
export async function unknownPictures({ folder, draws }: Asked): Promise<Figure[]> {
  const network = await joinedMobileNets()
  const photos = await pictures(folder, 'cat-dog-photos')
  const foreign = [
    { name: 'fashion', inputs: (await pictures(folder, 'images/fashion', 300)).inputs, target: 0.98 },
    { name: 'chest X-rays', inputs: (await pictures(folder, 'images/pneumonia', 300)).inputs, target: 0.98 },
  ]
  return measure('cat-dog', network, (seed) => photos.split({ test: 0.5, seed }), 40, foreign, draws)
}

/** Inputs that do not belong, and what should be reached. */
interface Foreign<Input> {
  readonly name: string
  readonly inputs: readonly Input[]
  readonly target?: number
}

/** The same model for several kinds of foreign inputs. */
async function measure<Input>(
  what: string,
  backbone: Parameters<typeof fineTune<Input, string>>[0],
  splitOf: (seed: number) => { train: Dataset<Input>; test: Dataset<Input> },
  perClass: number,
  foreign: readonly Foreign<Input>[],
  draws = refusals,
): Promise<Figure[]> {
  const figures: Figure[] = []
  const cache = await FeatureCache.open()
  const areas = foreign.map((): number[] => [])
  const probable = foreign.map((): number[] => [])
  const refused: number[] = []
  for (let seed = 0; seed < draws; seed++) {
    const { train, test } = splitOf(seed)
    // What is refused does not depend on the head, which is quickest with a strength that is given.
    const model = await fineTune(backbone, train.sample({ perClass, seed }), { seed, cache, l2: 0.01 })
    const belong = await model.predict(test.inputs, { unknown: share, cache })
    refused.push(belong.filter(({ known }) => !known).length / belong.length)
  }
  for (let seed = 0; seed < seeds; seed++) {
    const { train, test } = splitOf(seed)
    const model = await fineTune(backbone, train.sample({ perClass, seed }), { seed, cache })
    const options = { unknown: share, cache } as const
    const belong = await model.predict(test.inputs, options)
    for (const [place, { inputs }] of foreign.entries()) {
      const others = await model.predict(inputs, options)
      const familiarity = (answers: typeof others) => answers.map((answer) => answer.familiarity)
      const probability = (answers: typeof others) => answers.map((answer) => answer.probability)
      areas[place]?.push(separation(familiarity(belong), familiarity(others)).auroc)
      probable[place]?.push(separation(probability(belong), probability(others)).auroc)
    }
  }
  for (const [place, { name, target }] of foreign.entries()) {
    const [own, naive] = [spreadOf(areas[place] ?? []), spreadOf(probable[place] ?? [])]
    const beside = `sd ${own.sd.toFixed(3)}; largest probability ${naive.mean.toFixed(3)}`
    const label = `${what}, ${perClass} per class, against ${name}: AUROC`
    if (target === undefined) figures.push({ what: label, measured: own.mean.toFixed(3), beside })
    else figures.push(atLeast(label, own.mean, target, beside))
  }
  const { mean, sd } = spreadOf(refused)
  figures.push(
    atMost(
      `${what}, ${perClass} per class: refused of what belongs, beside ${share} asked`,
      Math.abs(mean - share),
      0.03,
      `${mean.toFixed(3)} refused, sd ${sd.toFixed(3)}`,
    ),
  )
  return figures
}
