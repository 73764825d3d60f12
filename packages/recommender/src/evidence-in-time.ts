import { CalibratedEvidence, targetRanks } from './calibrated-evidence.js'
import { Evidence, type EvidenceOptions } from './evidence.js'
import type { Histories } from './histories.js'
import { rankLift } from './rank-lift.js'
import type { SparseRows } from './sparse-rows.js'
import { type Case, leaveOneOut, type Split } from './split-histories.js'

/** With fewer cases to calibrate on, those before them are looked at as well; more than the most are not looked at. */
const [enoughCases, mostCases] = [400, 500]

/**
 * Interactions of a shop where a sequence model is evidence: with fewer it tells little that neighbours do not, with more it
 * would take longer than all else.
 */
const [fewestToLearn, mostToLearn] = [20_000, 500_000]

/** Cases, and calibrated evidence that does not know of them. */
export interface ExamplesPart {
  readonly cases: readonly Case[]
  readonly evidence: CalibratedEvidence
}

/**
 * Evidence as it was in a shop before each user's last interaction, the one before, and so on. Keeps what it fitted last:
 * go from the past on, and nothing is fitted twice.
 */
export class EvidenceInTime {
  readonly #histories: Histories
  readonly #texts: SparseRows
  readonly #options: EvidenceOptions
  readonly #known: ReadonlySet<number> | undefined
  readonly #ranks = new Map<number, readonly Float64Array[]>()
  #latest: { readonly back: number; readonly evidence: Evidence } | undefined

  /** @param known Numbers of the users that scorers are fitted on; the others are new to them. Default: all. */
  constructor(histories: Histories, texts: SparseRows, options: EvidenceOptions = {}, known?: ReadonlySet<number>) {
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
  async before(back: number): Promise<CalibratedEvidence> {
    const few = this.#knownCases(back + 1).length < enoughCases
    const ranks: Float64Array[] = []
    for (const earlier of few ? [back + 2, back + 1] : [back + 1]) ranks.push(...(await this.#ranksAt(earlier)))
    const evidence = await this.#fitted(back)
    return new CalibratedEvidence(evidence, rankLift(ranks, evidence.names.length, evidence.itemCount))
  }

  /**
   * The interactions that are `back` from the end, in `folds` parts by their users, each with evidence that is calibrated on
   * the interactions of the others: nothing is fitted further back, and examples are calibrated on what they are like.
   * @param cases Which of `cases(back)`, one for each user.
   * @param folds Default: 5.
   */
  async apart(back: number, cases: readonly Case[], folds = 5): Promise<ExamplesPart[]> {
    const evidence = await this.#fitted(back)
    const ranks = await targetRanks(evidence, cases)
    return Array.from({ length: folds }, (_, fold): ExamplesPart => {
      const isIn = (place: number): boolean => place % folds === fold
      const others = ranks.filter((__, place) => !isIn(place))
      const lift = rankLift(others, evidence.names.length, evidence.itemCount)
      return { cases: cases.filter((__, place) => isIn(place)), evidence: new CalibratedEvidence(evidence, lift) }
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
    const looked = Array.from({ length: Math.min(cases.length, mostCases) }, (_, place) => cases[Math.floor(place * stride)] as Case)
    const ranks = looked.length === 0 ? [] : await targetRanks(await this.#fitted(back), looked)
    this.#ranks.set(back, ranks)
    return ranks
  }

  async #fitted(back: number): Promise<Evidence> {
    if (this.#latest?.back === back) return this.#latest.evidence
    // The one before is free for collection while the next is fitted.
    this.#latest = undefined
    const all = back === 0 ? this.#histories : leaveOneOut(this.#histories, back).train
    const known = this.#known
    const train = known ? all.truncate(({ items }, place) => (known.has(all.users[place] as number) ? items.length : -1)) : all
    const evidence = await Evidence.fit(train, this.#texts, this.#options)
    this.#latest = { back, evidence }
    return evidence
  }
}
