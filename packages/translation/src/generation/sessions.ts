import { Session } from '@headstart/onnx'
import { withFloat32Interface } from '@headstart/onnx/kit'
import type { TranslationNetworks } from '../contract.js'

/** Sessions of a translator's networks, each opened when it is first used. */
export class Sessions {
  readonly #networks: TranslationNetworks
  readonly #threads: number | undefined
  readonly #open = new Map<string, Promise<Session>>()

  constructor(networks: TranslationNetworks, threads?: number) {
    this.#networks = networks
    this.#threads = threads
  }

  get(name: 'encoder' | 'decoder' | 'decoderWithPast'): Promise<Session> {
    let session = this.#open.get(name)
    if (!session) {
      // A decoder has another shape with each token: to look at each would take a good part of a step.
      const guarded = name === 'encoder'
      const options = { guarded, ...(this.#threads !== undefined && { threads: this.#threads }) }
      session = Session.create(withFloat32Interface(this.#networks[name]), options)
      // What failed is tried again.
      session.catch(() => this.#open.delete(name))
      this.#open.set(name, session)
    }
    return session
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()]
    this.#open.clear()
    for (const session of open) await (await session.catch(() => undefined))?.close()
  }
}
