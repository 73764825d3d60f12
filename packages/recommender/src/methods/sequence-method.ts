import { type Choice, noticesOf, type RecommenderMethod } from '../contract/recommender-method.js'
import { meanNdcg } from '../evaluate/rank-cases.js'
import { epochsWithin, trainSequence } from '../network/train-sequence.js'

/** How many epochs are tried at most, and how often it is looked how good the model is. */
const [mostEpochs, lookEvery] = [30, 5]
const usualEpochs = 20

/** A sequence model of the shop's own data alone. */
export const scratchMethod: RecommenderMethod = {
  name: 'scratch',
  description: 'a sequence model trained on this shop alone (SASRec, with texts)',
  async choose(material, validation, { seed, signal, onEvent, checkpoint, resume }): Promise<Choice> {
    const epochs = epochsWithin(mostEpochs, validation.train)
    if (validation.cases.length === 0) return { settings: { epochs: Math.min(usualEpochs, epochs) }, ndcg: undefined }
    if (epochs < mostEpochs)
      onEvent?.({ type: 'notice', message: `scratch: ${epochs} epochs at most, for so many users.` })
    const every = Math.min(lookEvery, epochs)
    let best = { settings: { epochs: 0 }, ndcg: -1 }
    const trained = await trainSequence(material, validation.train, {
      seed,
      signal,
      onEvent: noticesOf({ onEvent }),
      epochs,
      checkpoint,
      resume,
      measure: {
        every,
        of: (model) => meanNdcg(model, validation, { signal }),
        found: (values) =>
          values.forEach((ndcg, look) => {
            if (ndcg > best.ndcg) best = { settings: { epochs: (look + 1) * every }, ndcg }
          }),
      },
    })
    await trained.close()
    return best
  },
  fit: (material, train, { epochs }, { seed, signal, onEvent, checkpoint, resume }) =>
    trainSequence(material, train, {
      seed,
      signal,
      onEvent: noticesOf({ onEvent }),
      epochs: typeof epochs === 'number' ? epochs : usualEpochs,
      checkpoint,
      resume,
    }),
}
