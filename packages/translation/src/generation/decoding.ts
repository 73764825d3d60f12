import { type Session, type Tensor, tensor } from '@headstart/onnx'
import { sizeOf, zeros } from '@headstart/onnx/kit'
import { presentOf } from '../files/translation-networks.js'
import type { Sessions } from './sessions.js'

/**
 * Targets under way, a row each: what the encoder says of their sources, and the decoder's keys and values of all tokens so far, so
 * that a step computes the new ones alone.
 */
export class Decoding {
  readonly #sessions: Sessions
  readonly #signal: AbortSignal | undefined
  /** `encoder_attention_mask`, `encoder_hidden_states`. */
  #source: Record<string, Tensor>
  /** By the name of the output: `present.0.decoder.key`; empty before the first step. */
  #cache: Record<string, Tensor> = {}
  #rows: number
  #length = 0

  private constructor(
    sessions: Sessions,
    source: Record<string, Tensor>,
    rows: number,
    signal: AbortSignal | undefined,
  ) {
    this.#sessions = sessions
    this.#signal = signal
    this.#source = source
    this.#rows = rows
  }

  /**
   * Encodes sources, a row each.
   * @param signal Ends a run that takes long.
   */
  static async start(
    sessions: Sessions,
    sources: readonly (readonly number[])[],
    pad: number,
    signal?: AbortSignal,
  ): Promise<Decoding> {
    const length = Math.max(...sources.map((ids) => ids.length))
    const dims = [sources.length, length]
    const [ids, mask] = [new BigInt64Array(sources.length * length).fill(BigInt(pad)), zeros('int64', dims)]
    sources.forEach((source, row) => {
      source.forEach((id, place) => (ids[row * length + place] = BigInt(id)))
      mask.data.fill(1n, row * length, row * length + source.length)
    })
    const encoder = await sessions.get('encoder')
    const feeds = wanted(encoder, { input_ids: tensor('int64', dims, ids), attention_mask: mask })
    const { last_hidden_state: states } = await encoder.run(feeds, ['last_hidden_state'], signal)
    const source = { encoder_attention_mask: mask, encoder_hidden_states: states as Tensor }
    return new Decoding(sessions, source, sources.length, signal)
  }

  /**
   * One more token of each row.
   * @returns What may follow them: logits `[rows, vocabulary]`.
   */
  async step(tokens: readonly number[]): Promise<Logits> {
    const isFirst = this.#length === 0
    const decoder = await this.#sessions.get(isFirst ? 'decoder' : 'decoderWithPast')
    this.#length++
    const past = decoder.inputs.flatMap(({ name }) => {
      const value = this.#cache[presentOf(name)]
      return value ? [[name, value] as const] : []
    })
    const given = await decoder.run(
      wanted(decoder, {
        ...this.#source,
        ...Object.fromEntries(past),
        input_ids: tensor('int64', [this.#rows, 1], BigInt64Array.from(tokens, BigInt)),
        decoder_attention_mask: ones([this.#rows, this.#length]),
      }),
      undefined,
      this.#signal,
    )
    const { logits, ...presents } = given
    // Of the source nothing changes: the first step's stay.
    this.#cache = { ...this.#cache, ...presents }
    const { data, dims } = logits as Tensor<'float32'>
    return { values: data, vocabulary: dims.at(-1) as number }
  }

  /** Goes on with these rows alone, in this order; one can be there several times. */
  keep(rows: readonly number[]): void {
    if (rows.length === this.#rows && rows.every((row, place) => row === place)) return
    this.#rows = rows.length
    const taken = (tensors: Record<string, Tensor>): Record<string, Tensor> =>
      Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, takeRows(value, rows)]))
    this.#source = taken(this.#source)
    this.#cache = taken(this.#cache)
  }
}

/** Scores of what may follow, `[rows, vocabulary]`. */
export interface Logits {
  readonly values: Float32Array
  readonly vocabulary: number
}

/** The tensors that a session takes. */
function wanted(session: Session, tensors: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(session.inputs.map(({ name }) => [name, tensors[name] as Tensor]))
}

function ones(dims: readonly number[]): Tensor {
  return tensor('int64', dims, new BigInt64Array(sizeOf(dims)).fill(1n))
}

function takeRows(source: Tensor, rows: readonly number[]): Tensor {
  const size = sizeOf(source.dims.slice(1))
  const from = source.data as Float32Array
  const taken = zeros(source.type as 'float32', [rows.length, ...source.dims.slice(1)])
  rows.forEach((row, place) => taken.data.set(from.subarray(row * size, (row + 1) * size), place * size))
  return taken
}
