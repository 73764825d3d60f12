import { Session, tensor } from '@headstart/onnx'
import type { TranslatorParts } from '../files/open-translator.js'

/** What the frozen encoder says of sources, each of them once: `[tokens, width]`, row by row. */
export class EncodedSources {
  readonly #parts: Pick<TranslatorParts, 'networks' | 'specialTokens'>
  readonly #known = new Map<string, Float32Array>()

  constructor(parts: Pick<TranslatorParts, 'networks' | 'specialTokens'>) {
    this.#parts = parts
  }

  /**
   * In the order of the sources.
   * @param sources Ids of their tokens.
   */
  async of(sources: readonly (readonly number[])[], signal?: AbortSignal): Promise<Float32Array[]> {
    const missing = [...new Map(sources.map((ids) => [ids.join(), ids])).values()]
      .filter((ids) => !this.#known.has(ids.join()))
      // Of one length at a time: nothing is padded, so that what is said of a source does not depend on its company.
      .sort((a, b) => a.length - b.length)
    if (missing.length > 0) await this.#encode(missing, signal)
    return sources.map((ids) => this.#known.get(ids.join()) as Float32Array)
  }

  async #encode(missing: readonly (readonly number[])[], signal: AbortSignal | undefined): Promise<void> {
    const { encoder } = this.#parts.networks
    const session = await Session.create(encoder)
    try {
      for (let start = 0; start < missing.length;) {
        signal?.throwIfAborted()
        const length = missing[start]?.length ?? 0
        let end = start + 1
        while (end < missing.length && end - start < atOnce && missing[end]?.length === length) end++
        const batch = missing.slice(start, end)
        const ids = BigInt64Array.from(batch.flat(), BigInt)
        const feeds = {
          input_ids: tensor('int64', [batch.length, length], ids),
          attention_mask: tensor('int64', [batch.length, length], new BigInt64Array(ids.length).fill(1n)),
        }
        const asked = Object.fromEntries(encoder.inputs.map(({ name }) => [name, feeds[name as keyof typeof feeds]]))
        const { last_hidden_state: said } = await session.run(asked)
        const size = (said?.data.length ?? 0) / batch.length
        batch.forEach((one, row) =>
          this.#known.set(one.join(), said?.data.slice(row * size, (row + 1) * size) as Float32Array),
        )
        start = end
      }
    } finally {
      await session.close()
    }
  }
}

/** Sources that are encoded together, at most. */
const atOnce = 32
