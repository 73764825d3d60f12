import { FeatureCache, fineTune } from '@headstart/core'
import { universalSentenceEncoder } from '@headstart/nlp'
import { atMost, type Figure } from '../figure.js'
import { spreadOf } from '../measure.js'
import { type Asked, isAsked } from './asked.js'
import { texts } from './data.js'

/** Draws over which sets must cover as often as promised. */
const usualDraws = 60
const coverage = 0.9

/** Whether sets hold the right class as often as promised. */
export async function sets(asked: Asked): Promise<Figure[]> {
  const { folder, draws = usualDraws } = asked
  const cache = await FeatureCache.open()
  const encoder = await universalSentenceEncoder()
  const figures: Figure[] = []
  for (const [name, perClass] of [
    ['reviews', 16],
    ['text/trec6', 8],
    ['text/trec6', 16],
    ['text/sms-spam', 16],
  ] as const) {
    if (!isAsked(asked, name)) continue
    const { train, test } = await texts(folder, name)
    const covered: number[] = []
    const sizes: number[] = []
    const right: number[] = []
    for (let seed = 0; seed < draws; seed++) {
      const model = await fineTune(encoder, train.sample({ perClass, seed }), { seed, cache })
      const answers = await model.predict(test.inputs, { coverage, cache })
      const share = (test: (index: number) => boolean) =>
        answers.filter((_, index) => test(index)).length / answers.length
      covered.push(share((index) => answers[index]?.set?.includes(test.targets[index] as string) ?? false))
      right.push(share((index) => answers[index]?.label === test.targets[index]))
      sizes.push(answers.reduce((sum, { set = [] }) => sum + set.length, 0) / answers.length)
    }
    const [hit, size, accuracy] = [covered, sizes, right].map(spreadOf) as [
      ReturnType<typeof spreadOf>,
      ReturnType<typeof spreadOf>,
      ReturnType<typeof spreadOf>,
    ]
    // No set is empty: they cover at least as often as the likeliest class is right.
    const floor = Math.max(coverage, accuracy.mean)
    figures.push(
      atMost(
        `${name}, ${perClass} per class: sets for ${coverage} cover, distance over ${draws} draws`,
        Math.abs(hit.mean - floor),
        0.02,
        `${hit.mean.toFixed(3)} covered, sd ${hit.sd.toFixed(3)}; ${size.mean.toFixed(2)} classes a set; the likeliest class ${accuracy.mean.toFixed(3)}`,
      ),
    )
  }
  return figures
}
