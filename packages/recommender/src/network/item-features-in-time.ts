import { CalibratedFeatures, targetRanks } from './calibrated-features.js'
import { fitItemFeatures, type ItemFeaturesOptions } from './fit-item-features.js'
import type { ItemFeatures } from './item-features.js'
import type { Histories } from '../shop/histories.js'
import { rankLift } from './rank-lift.js'
import type { SparseRows } from '../math/sparse-rows.js'
import { type Case, leaveOneOut, type Split } from '../shop/split-histories.js'

/** With fewer cases to calibrate on, those before them are looked at as well; more than the most are not looked at. */
const [enoughCases, mostCases] = [400, 500]

/**
 * Interactions of a shop where a sequence model is features: with fewer it tells little that neighbors do not, with more it
 * would take longer than all else.
 */
const [fewestToLearn, mostToLearn] = [20_000, 500_000]

/** Cases, and calibrated features that does not know of them. */
export interface ExamplesPart {
  readonly cases: readonly Case[]
  readonly features: CalibratedFeatures
}

/**
 * ItemFeatures as it was in a shop before each user's last interaction, the one before, and so on. Keeps what it fitted last:
 * go from the past on, and nothing is fitted twice.
 */
export class ItemFeaturesInTime {
  readonly #histories: Histories
  readonly #texts: SparseRows
  readonly #options: ItemFeaturesOptions
  readonly #known: ReadonlySet<number> | undefined
  readonly #ranks = new Map<number, readonly Float64Array[]>()
  #latest: { readonly back: number; readonly features: ItemFeatures } | undefined

  /** @param known Numbers of the users that scorers are fitted on; the others are new to them. Default: all. */
  constructor(histories: Histories, texts: SparseRows, options: ItemFeaturesOptions = {}, known?: ReadonlySet<number>) {
    this.#histories = histories
    this.#texts = texts
    const learnable = histories.items.length
    this.#options = { sequence: !known && learnable >= fewestToLearn && learnable <= mostToLearn, ...options }
    this.#known = known
  }

  /**
   * What was known before the interaction of each user that is `back` from the end (1 is the last, 0 what is yet to come),
   * calibrated on the interaction before that; where there are few users, on the two before.
   */
  async before(back: number): Promise<CalibratedFeatures> {
    const few = this.#knownCases(back + 1).length < enoughCases
    const ranks: Float64Array[] = []
    for (const earlier of few ? [back + 2, back + 1] : [back + 1]) ranks.push(...(await this.#ranksAt(earlier)))
    const features = await this.#fitted(back)
    return new CalibratedFeatures(features, rankLift(ranks, features.names.length, features.itemCount))
  }

  /**
   * The interactions that are `back` from the end, in `folds` parts by their users, each with features that is calibrated on
   * the interactions of the others: nothing is fitted further back, and examples are calibrated on what they are like.
   * @param cases Which of `cases(back)`, one for each user.
   * @param folds Default: 5.
   */
  async apart(back: number, cases: readonly Case[], folds = 5): Promise<ExamplesPart[]> {
    const features = await this.#fitted(back)
    const ranks = await targetRanks(features, cases)
    return Array.from({ length: folds }, (_, fold): ExamplesPart => {
      const isIn = (place: number): boolean => place % folds === fold
      const others = ranks.filter((__, place) => !isIn(place))
      const lift = rankLift(others, features.names.length, features.itemCount)
      return { cases: cases.filter((__, place) => isIn(place)), features: new CalibratedFeatures(features, lift) }
    })
  }

  /** The interactions that are `back` from the end, as questions. */
  cases(back: number): Split['cases'] {
    return leaveOneOut(this.#histories, back).cases
  }

  #knownCases(back: number): Split['cases'] {
    return this.cases(back).filter(({ user }) => this.#known?.has(user) ?? true)
  }

  async #ranksAt(back: number): Promise<readonly Float64Array[]> {
    const known = this.#ranks.get(back)
    if (known) return known
    const cases = this.#knownCases(back)
    const stride = Math.max(1, cases.length / mostCases)
    const looked = Array.from(
      { length: Math.min(cases.length, mostCases) },
      (_, place) => cases[Math.floor(place * stride)] as Case,
    )
    const ranks = looked.length === 0 ? [] : await targetRanks(await this.#fitted(back), looked)
    this.#ranks.set(back, ranks)
    return ranks
  }

  async #fitted(back: number): Promise<ItemFeatures> {
    if (this.#latest?.back === back) return this.#latest.features
    // The one before is free for collection while the next is fitted.
    this.#latest = undefined
    const all = back === 0 ? this.#histories : leaveOneOut(this.#histories, back).train
    const known = this.#known
    const train = known
      ? all.truncate(({ items }, place) => (known.has(all.users[place] as number) ? items.length : -1))
      : all
    const features = await fitItemFeatures(train, this.#texts, this.#options)
    this.#latest = { back, features }
    return features
  }
}
