import { CalibratedEvidence, liftOf } from './calibrated-evidence.js'
import { Evidence, type EvidenceOptions } from './evidence.js'
import type { Histories } from './histories.js'
import type { SparseRows } from './sparse-rows.js'
import { leaveOneOut, type Split } from './split-histories.js'

/**
 * Evidence as it was in a shop before each user's last interaction, the one before, and so on. Keeps what it fitted last:
 * go from the past on, and nothing is fitted twice.
 */
export class EvidenceInTime {
  readonly #histories: Histories
  readonly #texts: SparseRows
  readonly #options: EvidenceOptions
  readonly #known: ReadonlySet<number> | undefined
  #latest: { readonly back: number; readonly evidence: Evidence } | undefined

  /** @param known Numbers of the users that scorers are fitted on; the others are new to them. Default: all. */
  constructor(histories: Histories, texts: SparseRows, options: EvidenceOptions = {}, known?: ReadonlySet<number>) {
    this.#histories = histories
    this.#texts = texts
    this.#options = options
    this.#known = known
  }

  /**
   * What was known before the interaction of each user that is `back` from the end (1 is the last, 0 what is yet to come),
   * calibrated on the interaction before that.
   */
  async before(back: number): Promise<CalibratedEvidence> {
    const { cases } = leaveOneOut(this.#histories, back + 1)
    const lift = liftOf(await this.#fitted(back + 1), cases.filter(({ user }) => this.#known?.has(user) ?? true))
    return new CalibratedEvidence(await this.#fitted(back), lift)
  }

  /** The interactions that are `back` from the end, as questions. */
  cases(back: number): Split['cases'] {
    return leaveOneOut(this.#histories, back).cases
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
