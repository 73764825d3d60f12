import { FeatureCache, fineTune, startRun } from '@headstart/core'
import { backboneLearner, learningCurve } from '@headstart/core/kit'
import { universalSentenceEncoder } from '@headstart/nlp'
import { atLeast, type Figure } from '../figure.js'
import { spreadOf } from '../measure.js'
import { type Asked, isAsked } from './asked.js'
import { texts } from './data.js'

/** Draws in all. */
const usualDraws = 60
/** Data, and how many labels there are of each class: as many again are foreseen. */
const cells = [
  ['text/trec6', 12],
  ['text/sms-spam', 24],
  ['text/mds-books', 32],
] as const

/** Whether the interval of the curve holds the accuracy that more labels gave then. */
export async function curve(asked: Asked): Promise<Figure[]> {
  const { folder, draws = usualDraws } = asked
  const chosen = cells.filter(([name]) => isAsked(asked, name))
  const cache = await FeatureCache.open()
  const encoder = await universalSentenceEncoder()
  const held: number[] = []
  const figures: Figure[] = []
  for (const [name, perClass] of chosen) {
    const { train, test } = await texts(folder, name)
    const plain = { knowledge: 'none' } as const
    const learner = backboneLearner<string>({
      name: 'frozen',
      description: 'frozen',
      options: plain,
      backbone: () => encoder,
    })
    const hits: number[] = []
    const knownHits: number[] = []
    const errors: number[] = []
    const widths: number[] = []
    for (let seed = 0; seed < draws / chosen.length; seed++) {
      // A larger sample contains the smaller one.
      const some = train.sample({ perClass, seed })
      const { later } = await learningCurve(learner, some as never, {}, startRun({ seed, cache }))
      const more = train.sample({ perClass: 2 * perClass, seed })
      const truthOf = async (options: typeof plain | undefined): Promise<number> =>
        (await fineTune(encoder, more, { ...options, seed, cache })).accuracy(test, { cache })
      const [truth, known] = [await truthOf(plain), await truthOf(undefined)]
      const [low, high] = later.interval
      hits.push(low <= truth && truth <= high ? 1 : 0)
      knownHits.push(low <= known && known <= high ? 1 : 0)
      errors.push(Math.abs(later.mean - truth))
      widths.push(high - low)
    }
    held.push(...hits)
    const [hit, error, width] = [hits, errors, widths].map((values) => spreadOf(values).mean) as [
      number,
      number,
      number,
    ]
    figures.push({
      what: `${name}, ${perClass} per class: the interval for twice as many holds it`,
      measured: hit.toFixed(3),
      beside: `off by ${error.toFixed(3)} on average; ${width.toFixed(3)} wide; that of a model with knowledge beside the network in ${spreadOf(knownHits).mean.toFixed(3)}`,
    })
  }
  figures.push(atLeast(`interval of the curve holds the later accuracy, ${draws} draws`, spreadOf(held).mean, 0.85, ''))
  return figures
}
