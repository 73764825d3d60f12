import { Session, sliceRows, type Tensor } from '@headstart/onnx'
import type { TunableBackbone } from './backbone.js'
import { DataError } from './errors.js'
import { cacheKey, type FeatureCache } from './feature-cache.js'
import type { FeatureSpace } from './feature-space.js'
import { packTensor, stackPadded, unpackTensor } from './packed-tensor.js'
import type { Progress } from './progress.js'
import type { SplitNetwork } from './split-network.js'

/** An example on its way into the tuned part. */
export interface CutExample<Input> {
  readonly input: Input
  /** Key of its tensor at the cut. */
  readonly key: string
  /** Relative cost in a batch, such as the number of tokens. */
  readonly cost: number
}

/** Options of `CutTensors.fill`. */
export interface FillOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Examples that are looked up and prepared together. */
const windowSize = 256
/** Largest cost of one batch of the frozen part. */
const batchCost = 2048
/** Bytes of tensors that are held in memory; beyond, they are read from the cache, or computed, for each batch. */
const memoryBytes = 2 ** 30

/**
 * What the frozen part of a network gives for each example, at the cut: computed once, and kept in the feature cache.
 *
 * Examples share a batch of the frozen part only where their input tensors have the same shape, so that nothing is
 * padded and a tensor does not depend on its company. Padding comes when a batch is put together for the tuned part:
 * the inputs of the network that the tuned part needs besides, such as an attention mask, are collated by the
 * preprocessing, and the tensors at the cut are padded with zeros, which the mask hides.
 */
export class CutTensors<Input> {
  readonly #backbone: TunableBackbone<Input>
  readonly #cut: string | undefined
  /** Inputs of the network that the tuned part takes as well. */
  readonly #carried: readonly string[]
  readonly #frozen: Session | undefined
  readonly #namespace: string
  readonly #space: FeatureSpace | undefined
  readonly #memory = new Map<string, Float32Array>()
  #bytes = 0

  static async open<Input>(
    backbone: TunableBackbone<Input>,
    split: SplitNetwork,
    cache: FeatureCache | undefined,
  ): Promise<CutTensors<Input>> {
    const namespace = `${backbone.id}/${backbone.fingerprint}/${split.cut}`
    const space = split.frozen && (await cache?.namespace(namespace))
    const frozen = split.frozen && (await Session.create(split.frozen))
    return new CutTensors(backbone, split, namespace, space, frozen)
  }

  private constructor(
    backbone: TunableBackbone<Input>,
    { tuned, cut }: SplitNetwork,
    namespace: string,
    space: FeatureSpace | undefined,
    frozen: Session | undefined,
  ) {
    this.#backbone = backbone
    this.#cut = cut
    this.#carried = tuned.inputs.map(({ name }) => name).filter((name) => name !== cut)
    this.#namespace = namespace
    this.#space = space
    this.#frozen = frozen
  }

  /**
   * Looks at an input.
   * @throws InputError where it cannot be read.
   */
  async example(input: Input): Promise<CutExample<Input>> {
    const { preprocessing } = this.#backbone
    const key = cacheKey(this.#namespace, await preprocessing.contentKey(input))
    return { input, key, cost: preprocessing.cost(await preprocessing.prepare(input)) }
  }

  /** Computes what is missing. What is there when it is interrupted is in the cache. */
  async fill(examples: readonly CutExample<Input>[], options: FillOptions = {}): Promise<void> {
    try {
      for (let first = 0; first < examples.length; first += windowSize) {
        options.signal?.throwIfAborted()
        await this.#load(examples.slice(first, first + windowSize))
        options.onProgress?.({ done: Math.min(first + windowSize, examples.length), total: examples.length })
      }
    } finally {
      await this.#space?.flush()
    }
  }

  /** Input tensors of the tuned part for some examples as one batch, in their order. */
  async batch(examples: readonly CutExample<Input>[]): Promise<Record<string, Tensor>> {
    const { preprocessing } = this.#backbone
    const tensors: Record<string, Tensor> = {}
    if (this.#carried.length > 0) {
      const collated = preprocessing.collate(await Promise.all(examples.map(({ input }) => preprocessing.prepare(input))))
      for (const name of this.#carried) tensors[name] = collated[name] as Tensor
    }
    if (this.#cut !== undefined) {
      const packed = await this.#load(examples)
      tensors[this.#cut] = stackPadded(examples.map(({ key }) => unpackTensor(packed.get(key) as Float32Array) as Tensor<'float32'>))
    }
    return tensors
  }

  async close(): Promise<void> {
    await this.#frozen?.close()
  }

  /** Packed tensors by key: from memory, else from the cache, else through the frozen part. */
  async #load(examples: readonly CutExample<Input>[]): Promise<Map<string, Float32Array>> {
    const found = new Map<string, Float32Array>()
    if (!this.#frozen) return found
    const unknown = new Map<string, Input>()
    for (const { key, input } of examples) {
      const held = this.#memory.get(key)
      if (held) found.set(key, held)
      else unknown.set(key, input)
    }
    const keys = [...unknown.keys()]
    const cached = await this.#space?.getMany(keys)
    keys.forEach((key, index) => {
      const packed = cached?.[index]
      if (!packed || !unpackTensor(packed)) return
      found.set(key, packed)
      this.#hold(key, packed)
      unknown.delete(key)
    })
    for (const [key, packed] of await this.#compute(this.#frozen, unknown)) {
      found.set(key, packed)
      this.#hold(key, packed)
      await this.#space?.set(key, packed)
    }
    return found
  }

  #hold(key: string, packed: Float32Array): void {
    if (this.#bytes + packed.byteLength > memoryBytes) return
    this.#memory.set(key, packed)
    this.#bytes += packed.byteLength
  }

  async #compute(frozen: Session, inputs: ReadonlyMap<string, Input>): Promise<Map<string, Float32Array>> {
    const { preprocessing } = this.#backbone
    const prepared = await Promise.all(
      [...inputs].map(async ([key, input]) => ({ key, prepared: await preprocessing.prepare(input) })),
    )
    const groups = new Map<string, typeof prepared>()
    for (const one of prepared) {
      const shapes = JSON.stringify(Object.values(preprocessing.collate([one.prepared])).map(({ dims }) => dims))
      const group = groups.get(shapes)
      if (group) group.push(one)
      else groups.set(shapes, [one])
    }
    const computed = new Map<string, Float32Array>()
    for (const group of groups.values()) {
      const cost = Math.max(preprocessing.cost(group[0]?.prepared), 1)
      const size = Math.max(1, Math.floor(batchCost / cost))
      for (let first = 0; first < group.length; first += size) {
        const batch = group.slice(first, first + size)
        const rows = await this.#run(frozen, batch.map((one) => one.prepared))
        batch.forEach(({ key }, row) => computed.set(key, packTensor(rows[row] as Tensor<'float32'>)))
      }
    }
    return computed
  }

  /** The tensor at the cut of each prepared input, without the axis of the batch. */
  async #run(frozen: Session, prepared: readonly unknown[]): Promise<Tensor<'float32'>[]> {
    const feeds = this.#backbone.preprocessing.collate(neverAlone(prepared))
    const taken = Object.fromEntries(frozen.inputs.map(({ name }) => [name, feeds[name] as Tensor]))
    const value = (await frozen.run(taken))[this.#cut ?? '']
    if (value?.type !== 'float32' || value.dims[0] !== neverAlone(prepared).length) {
      throw new DataError(
        `backbone "${this.#backbone.id}"`,
        `the value "${this.#cut}" between its stages as float32[batch, ...]`,
        `${value?.type}[${value?.dims.join(', ')}] for a batch of ${prepared.length}`,
        'Unfreeze another number of stages.',
      )
    }
    return prepared.map((_, row) => {
      const { dims, data } = sliceRows(value as Tensor<'float32'>, row, row + 1)
      return { type: 'float32', dims: dims.slice(1), data }
    })
  }
}

/**
 * A batch of at least two: onnxruntime multiplies a single row by other code, with other rounding, than it takes for
 * the same row among others. So a tensor has the same bits whichever examples were missing beside it.
 */
export function neverAlone<T>(batch: readonly T[]): readonly T[] {
  return batch.length === 1 ? [...batch, ...batch] : batch
}
