import { FeatureCache, fineTune } from '@headstart/core'
import { universalSentenceEncoder } from '@headstart/nlp'
import { atMost, type Figure } from '../figure.js'
import { spreadOf } from '../measure.js'
import { type Asked, isAsked } from './asked.js'
import { texts } from './data.js'

const names = ['reviews', 'text/trec6', 'text/sms-spam']
const shots = [8, 16, 64]
const usualDraws = 5

/** Whether probabilities are what they say. */
export async function calibration(asked: Asked): Promise<Figure[]> {
  const { folder, draws = usualDraws } = asked
  const cache = await FeatureCache.open()
  const encoder = await universalSentenceEncoder()
  const figures: Figure[] = []
  for (const name of names.filter((one) => isAsked(asked, one))) {
    const { train, test } = await texts(folder, name)
    for (const perClass of shots) {
      const errors: number[] = []
      const gaps: number[] = []
      const times: number[] = []
      for (let seed = 0; seed < draws; seed++) {
        const model = await fineTune(encoder, train.sample({ perClass, seed }), { seed, cache })
        const { calibrationError, accuracy, reliability = [] } = await model.evaluate(test, { cache })
        errors.push(calibrationError)
        times.push(Number(model.recipe['inverseTemperature'] ?? 1))
        const confidence = reliability.reduce((sum, bin) => sum + bin.count * bin.confidence, 0) / test.size
        gaps.push(confidence - accuracy)
      }
      const { mean, sd } = spreadOf(errors)
      const gap = spreadOf(gaps).mean
      const beside = `sd ${sd.toFixed(3)}; on average ${Math.abs(gap).toFixed(3)} ${gap > 0 ? 'too sure' : 'too unsure'}; logits times ${times.map((one) => one.toFixed(2)).join(' ')}`
      figures.push(atMost(`${name}, ${perClass} per class: calibration error`, mean, 0.05, beside))
    }
  }
  return figures
}
