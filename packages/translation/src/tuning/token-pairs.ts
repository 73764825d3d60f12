import { float32, type Graph, type Tensor, tensor, type Tensors } from '@headstart/onnx'
import { type Batch, lengthSteps, type Random, stepFor } from '@headstart/core/kit'
import type { SpecialTokens } from '../contract.js'
import type { Pair } from '../data/pair.js'
import type { TranslatorParts } from '../files/open-translator.js'
import type { EncodedSources } from './encoded-sources.js'
import { decoderIds, targets, weights } from './training-graph.js'

/** Batches whose pairs are sorted by length together. */
const windowBatches = 16

/** A pair as the network reads it. */
export interface TokenPair {
  readonly source: readonly number[]
  /** With what ends it. */
  readonly target: readonly number[]
}

/** Tokens of pairs; those of which a side is longer than the network reads are left out. */
export function tokenPairs({ tokenizer, maxLength }: TranslatorParts, pairs: readonly Pair[]): TokenPair[] {
  return pairs
    .map(({ source, target }) => ({ source: tokenizer.encodeSource(source), target: tokenizer.encodeTarget(target) }))
    .filter(({ source, target }) => source.length <= maxLength && target.length <= maxLength)
}

/** Padding of a source costs little beside a graph for one more shape. */
function everyOther(steps: readonly number[]): number[] {
  return steps.filter((_, index) => index % 2 === 0)
}

/** Makes tensors of pairs, for a training graph. */
export class TokenFeeds {
  readonly #special: SpecialTokens
  /** What stands for a token that is kept from the decoder. */
  readonly #blank: number
  /** What the graph takes. */
  readonly #inputs: ReadonlySet<string>
  readonly #pairs: readonly TokenPair[]
  readonly #encoded: EncodedSources
  readonly #lengths: { readonly source: readonly number[]; readonly target: readonly number[] }
  /** Pairs whose lengths are those of batches: few, since a gradient is written for one shape. */
  readonly #steps: { readonly source: readonly number[]; readonly target: readonly number[] }

  constructor(
    graph: Graph,
    { specialTokens, tokenizer }: Pick<TranslatorParts, 'specialTokens' | 'tokenizer'>,
    pairs: readonly TokenPair[],
    encoded: EncodedSources,
  ) {
    this.#special = specialTokens
    this.#blank = tokenizer.unknown ?? specialTokens.pad
    this.#inputs = new Set(graph.inputs.map(({ name }) => name))
    this.#pairs = pairs
    this.#encoded = encoded
    this.#lengths = {
      source: pairs.map(({ source }) => source.length),
      target: pairs.map(({ target }) => target.length),
    }
    this.#steps = { source: everyOther(lengthSteps(this.#lengths.source)), target: lengthSteps(this.#lengths.target) }
  }

  /**
   * One epoch of batches of some of the pairs, each once, in a random order. Those of a window are sorted by length: as padding costs as
   * much as tokens do, where each of them stands before the whole vocabulary.
   */
  batches(rows: readonly number[], size: number, { shuffle }: Random): Batch[] {
    const { source, target } = this.#lengths
    const by = (lengths: readonly number[], a: number, b: number): number =>
      (lengths[a] as number) - (lengths[b] as number)
    const shuffled = shuffle(rows)
    const batches: Batch[] = []
    for (let first = 0; first < shuffled.length; first += size * windowBatches) {
      const window = shuffled.slice(first, first + size * windowBatches)
      window.sort((a, b) => by(target, a, b) || by(source, a, b))
      for (let start = 0; start < window.length; start += size) {
        const part = window.slice(start, start + size)
        batches.push({ rows: part, longest: stepFor(part, target, this.#steps.target) })
      }
    }
    return shuffle(batches)
  }

  /**
   * The tensors of a batch. A short one is filled up with rows of weight 0.
   * @param size Rows of the batch.
   * @param drops Whether the next token of a target is kept from the decoder. Default: none is.
   */
  async feeds({ rows, longest }: Batch, size: number, drops: () => boolean = () => false): Promise<Tensors> {
    const { pad, decoderStart } = this.#special
    const filled = Array.from({ length: size }, (_, index) => rows[index] ?? (rows[0] as number))
    const pairs = filled.map((row) => this.#pairs[row] as TokenPair)
    const length = this.#lengths.target[longest] as number
    const sourceLength = this.#lengths.source[stepFor(filled, this.#lengths.source, this.#steps.source)] as number
    const read = new BigInt64Array(size * length).fill(BigInt(pad))
    const wanted = new BigInt64Array(size * length)
    const mass = new Float32Array(size * length)
    pairs.forEach(({ target }, row) => {
      const start = row * length
      read[start] = BigInt(decoderStart)
      target.forEach((id, place) => {
        if (place + 1 < length) read[start + place + 1] = BigInt(drops() ? this.#blank : id)
        wanted[start + place] = BigInt(id)
        if (row < rows.length) mass[start + place] = 1
      })
    })
    const mask = new BigInt64Array(size * sourceLength)
    pairs.forEach(({ source }, row) => mask.fill(1n, row * sourceLength, row * sourceLength + source.length))
    const maskOfSources = tensor('int64', [size, sourceLength], mask)
    const all: Tensors = {
      [decoderIds]: tensor('int64', [size, length], read),
      [targets]: tensor('int64', [size * length], wanted),
      [weights]: float32([size * length], mass),
      decoder_attention_mask: tensor('int64', [size, length], new BigInt64Array(size * length).fill(1n)),
      attention_mask: maskOfSources,
      encoder_attention_mask: maskOfSources,
      ...(this.#inputs.has('input_ids')
        ? { input_ids: this.#sources(pairs, sourceLength) }
        : { encoder_hidden_states: await this.#hidden(pairs, sourceLength) }),
    }
    return Object.fromEntries(Object.entries(all).filter(([name]) => this.#inputs.has(name)))
  }

  #sources(pairs: readonly TokenPair[], length: number): Tensor {
    const ids = new BigInt64Array(pairs.length * length).fill(BigInt(this.#special.sourcePad))
    pairs.forEach(({ source }, row) => ids.set(source.map(BigInt), row * length))
    return tensor('int64', [pairs.length, length], ids)
  }

  /** What the encoder says of each source; of padding, zeros. */
  async #hidden(pairs: readonly TokenPair[], length: number): Promise<Tensor> {
    const said = await this.#encoded.of(pairs.map(({ source }) => source))
    const width = (said[0]?.length ?? 0) / (pairs[0]?.source.length ?? 1)
    const hidden = new Float32Array(pairs.length * length * width)
    said.forEach((one, row) => hidden.set(one, row * length * width))
    return float32([pairs.length, length, width], hidden)
  }
}
