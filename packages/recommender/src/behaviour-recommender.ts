import type { Network } from '@headstart/core'
import { Session } from '@headstart/onnx'
import { output, scorersOf } from './behaviour-network.js'
import type { CalibratedEvidence } from './calibrated-evidence.js'
import type { History } from './histories.js'
import type { Recommender } from './recommend.js'

/** A network over a shop's evidence as a recommender: scores of the whole catalogue. */
export class BehaviourRecommender implements Recommender {
  readonly name: string
  /** The network, with the names of the scorers that it reads. */
  readonly network: Network
  readonly #evidence: CalibratedEvidence
  readonly #session: Session

  static async create(name: string, network: Network, evidence: CalibratedEvidence): Promise<BehaviourRecommender> {
    // A few small products for each history: more threads would cost more than they bring.
    return new BehaviourRecommender(name, network, evidence, await Session.create(network.graph, { threads: 1 }))
  }

  private constructor(name: string, network: Network, evidence: CalibratedEvidence, session: Session) {
    this.name = name
    this.network = network
    this.#evidence = evidence
    this.#session = session
  }

  async score(history: History): Promise<Float32Array> {
    const scores = await this.#session.run(this.#evidence.inputOf(history))
    return scores[output]?.data as Float32Array
  }

  /** Names of the scorers. */
  get scorers(): string[] {
    return scorersOf(this.network)
  }

  /** Frees the native memory. */
  close(): Promise<void> {
    return this.#session.close()
  }
}
