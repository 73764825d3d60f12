import { Session, type Tensor } from '@headstart/onnx'
import { sliceRows } from '@headstart/onnx/kit'
import type { TunableBackbone } from '../contract/backbone.js'
import { DataError, InputError } from '../contract/errors.js'
import { cacheKey } from '../features/cache-key.js'
import type { Store, StoredFeatures } from '../contract/store.js'
import { contentKeys, ifReadable } from '../data/if-readable.js'
import { packTensor, stackPadded, unpackTensor } from '../features/packed-tensor.js'
import type { Progress } from '../contract/progress.js'
import type { SplitNetwork } from './split-network.js'

/** An example on its way into the tuned part. */
export interface CutExample<Input> {
  readonly input: Input
  /** Key of its tensor at the cut. */
  readonly key: string
  /** Relative cost in a batch: the size of that tensor. */
  readonly cost: number
}

/** Options of `CutTensors.read`. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Examples that are looked up and prepared together, unless the preprocessing says how many. */
const usualWindow = 256
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
  readonly #space: StoredFeatures | undefined
  readonly #memory = new Map<string, Float32Array>()
  #bytes = 0

  static async open<Input>(
    backbone: TunableBackbone<Input>,
    split: SplitNetwork,
    cache: Store | undefined,
  ): Promise<CutTensors<Input>> {
    const namespace = `${backbone.id}/${backbone.fingerprint}/${split.cut}`
    const space = split.frozen && (await cache?.namespace(namespace))
    const frozen = split.frozen && (await Session.create(split.frozen, { device: backbone.devices }))
    return new CutTensors(backbone, split, namespace, space, frozen)
  }

  private constructor(
    backbone: TunableBackbone<Input>,
    { tuned, cut }: SplitNetwork,
    namespace: string,
    space: StoredFeatures | undefined,
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
   * Looks at inputs and computes what is missing of them; what is there when it is interrupted is in the cache.
   * @returns In place of an input that cannot be read, the reason.
   */
  async read(
    inputs: readonly Input[],
    { signal, onProgress }: ReadOptions = {},
  ): Promise<(CutExample<Input> | InputError)[]> {
    const { preprocessing } = this.#backbone
    const { windowSize = usualWindow } = preprocessing
    const contents = await contentKeys((input: Input) => preprocessing.contentKey(input), inputs)
    const examples: (CutExample<Input> | InputError)[] = []
    try {
      for (let first = 0; first < inputs.length; first += windowSize) {
        signal?.throwIfAborted()
        const window = contents.slice(first, first + windowSize).map((content, place) => {
          const input = inputs[first + place] as Input
          return content instanceof InputError ? content : { input, key: cacheKey(this.#namespace, content) }
        })
        const costs = await this.#costs(window.flatMap((one) => (one instanceof InputError ? [] : [one])))
        for (const one of window) {
          const cost = one instanceof InputError ? one : costs.get(one.key)
          if (one instanceof InputError) examples.push(one)
          else if (!(cost instanceof InputError)) examples.push({ ...one, cost: cost as number })
          else {
            // Under its own name: copies have one key.
            const own = await ifReadable(() => preprocessing.prepare(one.input))
            examples.push(own instanceof InputError ? own : cost)
          }
        }
        onProgress?.({ done: examples.length, total: inputs.length })
      }
    } finally {
      await this.#space?.flush()
    }
    return examples
  }

  /** Input tensors of the tuned part for some examples as one batch, in their order. */
  async batch(examples: readonly CutExample<Input>[]): Promise<Record<string, Tensor>> {
    const { preprocessing } = this.#backbone
    const tensors: Record<string, Tensor> = {}
    if (this.#carried.length > 0) {
      const collated = preprocessing.collate(
        await Promise.all(examples.map(({ input }) => preprocessing.prepare(input))),
      )
      for (const name of this.#carried) tensors[name] = collated[name] as Tensor
    }
    if (this.#cut !== undefined) {
      const found = await this.#load(examples)
      const parts = examples.map(({ key }) => {
        const packed = found.get(key)
        if (packed instanceof InputError) throw packed
        return unpackTensor(packed as Float32Array) as Tensor<'float32'>
      })
      tensors[this.#cut] = stackPadded(parts)
    }
    return tensors
  }

  async close(): Promise<void> {
    await this.#frozen?.close()
  }

  /** Size at the cut by key, or the cost of the whole network's input where nothing is frozen. */
  async #costs(examples: readonly Keyed<Input>[]): Promise<Map<string, number | InputError>> {
    const { preprocessing } = this.#backbone
    if (this.#frozen) {
      const found = await this.#load(examples)
      return new Map([...found].map(([key, packed]) => [key, packed instanceof InputError ? packed : packed.length]))
    }
    const costs = examples.map(async ({ key, input }) => {
      const prepared = await ifReadable(() => preprocessing.prepare(input))
      return [key, prepared instanceof InputError ? prepared : preprocessing.cost(prepared)] as const
    })
    return new Map(await Promise.all(costs))
  }

  /** Packed tensors by key: from memory, else from the cache, else through the frozen part. */
  async #load(examples: readonly Keyed<Input>[]): Promise<Map<string, Float32Array | InputError>> {
    const found = new Map<string, Float32Array | InputError>()
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
    for (const [key, packed] of await this.#compute(unknown)) {
      found.set(key, packed)
      if (packed instanceof InputError) continue
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

  async #compute(inputs: ReadonlyMap<string, Input>): Promise<Map<string, Float32Array | InputError>> {
    const { preprocessing } = this.#backbone
    const computed = new Map<string, Float32Array | InputError>()
    const read = await Promise.all(
      [...inputs].map(async ([key, input]) => ({
        key,
        prepared: await ifReadable(() => preprocessing.prepare(input)),
      })),
    )
    const groups = new Map<string, { key: string; prepared: unknown }[]>()
    for (const one of read) {
      if (one.prepared instanceof InputError) {
        computed.set(one.key, one.prepared)
        continue
      }
      const shapes = JSON.stringify(Object.values(preprocessing.collate([one.prepared])).map(({ dims }) => dims))
      const group = groups.get(shapes)
      if (group) group.push(one)
      else groups.set(shapes, [one])
    }
    for (const group of groups.values()) {
      const cost = Math.max(preprocessing.cost(group[0]?.prepared), 1)
      const size = Math.max(1, Math.floor(batchCost / cost))
      for (let first = 0; first < group.length; first += size) {
        const batch = group.slice(first, first + size)
        const rows = await this.#run(batch.map(({ prepared }) => prepared))
        batch.forEach(({ key }, row) => computed.set(key, packTensor(rows[row] as Tensor<'float32'>)))
      }
    }
    return computed
  }

  /** The tensor at the cut of each prepared input, without the axis of the batch. */
  async #run(prepared: readonly unknown[]): Promise<Tensor<'float32'>[]> {
    const frozen = this.#frozen as Session
    const batch = neverAlone(prepared)
    const feeds = this.#backbone.preprocessing.collate(batch)
    const taken = Object.fromEntries(frozen.inputs.map(({ name }) => [name, feeds[name] as Tensor]))
    const value = (await frozen.run(taken))[this.#cut ?? '']
    if (value?.type !== 'float32' || value.dims[0] !== batch.length) {
      throw new DataError(
        `backbone "${this.#backbone.id}"`,
        `the value "${this.#cut}" between its stages as float32[batch, ...]`,
        `${value?.type}[${value?.dims.join(', ')}] for a batch of ${batch.length}`,
        'Unfreeze another number of stages.',
      )
    }
    return prepared.map((_, row) => {
      const { dims, data } = sliceRows(value as Tensor<'float32'>, row, row + 1)
      return { type: 'float32', dims: dims.slice(1), data }
    })
  }
}

/** An input and the key of its tensor at the cut. */
type Keyed<Input> = Omit<CutExample<Input>, 'cost'>

/**
 * A batch of at least two: onnxruntime multiplies a single row by other code, with other rounding, than it takes for
 * the same row among others. So a tensor has the same bits whichever examples were missing beside it.
 */
export function neverAlone<T>(batch: readonly T[]): readonly T[] {
  return batch.length === 1 ? [...batch, ...batch] : batch
}
