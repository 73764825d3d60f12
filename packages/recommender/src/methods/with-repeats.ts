import type { JsonObject } from '@headstart/core'
import { chooseSettings, type Grid } from './choose-settings.js'
import { distinct, type Histories } from '../shop/histories.js'
import type { RecommenderMethod, Validation } from '../contract/recommender-method.js'
import { repeatTaker } from '../scorers/repeat-taker.js'
import { repeats } from '../scorers/repeats.js'

/** How much it counts that a user took an item before, and how much less for each interaction since. */
type RepeatSettings = { readonly weight: number; readonly decay: number }

const grid: Grid<RepeatSettings> = {
  weight: { usual: 1, below: [0.3, 0.1, 0], above: [3, 10] },
  decay: [0.9, 0.7, 0.97],
}

/**
 * The same method for shops where things are taken again, such as groceries: histories have repeats, and what a user has can be
 * recommended. What is new to a user is scored by the method, on histories with each item once; to its scores are added
 * those of `repeats`, both standardized for the user, with a weight that validation chooses.
 */
export function withRepeats(method: RecommenderMethod): RecommenderMethod {
  return {
    name: method.name,
    description: method.description,
    async choose(material, validation, run) {
      const train = validation.train.distinct()
      const { settings } = await method.choose(material, { ...validation, train, cases: newTargets(validation) }, run)
      const once = await method.fit(material, train, settings, run)
      const fit = ({ weight, decay }: RepeatSettings) => repeatTaker(once, repeats(validation.train, { decay }), weight)
      const chosen = await chooseSettings(grid, fit, { ...validation, repeats: true }, run)
      await once.close?.()
      return { settings: { ...settings, repeats: chosen.settings }, ndcg: chosen.ndcg }
    },
    async fit(material, train: Histories, settings, run) {
      const { repeats: own, ...others } = settings as JsonObject & { readonly repeats: RepeatSettings }
      const once = await method.fit(material, train.distinct(), others, run)
      return repeatTaker(once, repeats(train, { decay: own.decay }), own.weight)
    },
  }
}

/** The questions whose answer is an item that the user has not, by which a method is chosen as ever. */
function newTargets({ cases }: Validation): Validation['cases'] {
  return cases
    .filter(({ history, target }) => !history.items.includes(target))
    .map((one) => ({ ...one, history: distinct(one.history) }))
}
