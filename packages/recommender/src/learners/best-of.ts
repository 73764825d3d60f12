import { counted, OptionError } from '@headstart/core/kit'
import { sha256, version } from '@headstart/core/load'
import type { RecommenderMethod } from '../contract/recommender-method.js'
import { easeTextMethod } from '../methods/baseline-methods.js'
import { recommenderMethods } from '../methods/recommender-methods.js'
import { examine } from '../methods/shop-data.js'
import { fingerprintOf } from '../shop/fingerprint.js'
import { describeSettings } from '../model/describe-training.js'
import { ChoicesCheckpoint } from './choices.js'
import { type ChosenMethod, chosenFor, fitted, type KeepOptions, type ShopLearner } from './shop-learner.js'

/** Below so many users the choice between methods is noise rather than knowledge. */
const fewCases = 100

/**
 * Learns with whichever method does best on validation data. Each chooses its settings there first; of equal ones it is the
 * first. Where there is nothing to choose by it is ease-text, which needs the fewest users, or else the first.
 * @param methods Default: `recommenderMethods`.
 * @throws OptionError without a method.
 */
export function bestOf(
  methods: readonly RecommenderMethod[] = recommenderMethods,
  keeping: KeepOptions = {},
): ShopLearner {
  if (methods.length === 0)
    throw new OptionError('option "methods"', 'at least one method', 'none', 'Leave it out to choose from all.')
  return {
    name: 'best',
    description: 'the method that does best on validation data',
    takes: 'minutes',
    adds: [],
    suits: () => true,
    async fit(data, run) {
      const say = (message: string): void => run.onEvent?.({ type: 'notice', message })
      const { validation, minimum, train } = await examine(data, run)
      const { shop, threshold, longestHistory, askedUsers, repeats, split, texts } = data
      const options = { minimum, threshold, longestHistory, askedUsers, repeats, split, texts: texts?.fingerprint }
      const checkpoint = await ChoicesCheckpoint.open(run, [
        version,
        fingerprintOf(shop.catalog, train),
        sha256(JSON.stringify(shop.catalog.texts())),
        train.weights ? sha256(new Uint8Array(train.weights.buffer)) : null,
        options,
        run.seed,
      ])
      const tried: ChosenMethod[] = []
      for (const method of methods) {
        tried.push(await chosenFor(data, method, run, checkpoint))
        run.onEvent?.({ type: 'compare', done: tried.length, total: methods.length, method: method.name })
      }
      const winner = best(tried as [ChosenMethod, ...ChosenMethod[]])
      const { method, settings, ndcg } = winner
      if (ndcg === undefined) {
        say(
          `Nobody took ${minimum} items or more, so that there is nothing to choose by: it is ${method.name}, ${describeSettings(settings)}.`,
        )
      } else if (validation.cases.length < fewCases) {
        say(`${counted(validation.cases.length, 'user')} to choose by: the choice of ${method.name} may be chance.`)
      }
      return fitted(data, winner, tried, run, keeping)
    },
  }
}

function best(tried: readonly [ChosenMethod, ...ChosenMethod[]]): ChosenMethod {
  const [first, ...others] = tried
  if (first.ndcg === undefined) return tried.find(({ method }) => method.name === easeTextMethod.name) ?? first
  return others.reduce((most, other) => ((other.ndcg ?? 0) > (most.ndcg ?? 0) ? other : most), first)
}
