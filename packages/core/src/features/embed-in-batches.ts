import type { Tensors } from '@headstart/onnx'
import type { EmbedOptions, Preprocessing } from '../contract/backbone.js'
import { InputError } from '../contract/errors.js'
import { ifReadable } from '../data/if-readable.js'
import { type Matrix, zeroMatrix } from '../contract/matrix.js'

/** The part of a backbone that computes. */
export interface Embedder<Input, Prepared> {
  readonly preprocessing: Preprocessing<Input, Prepared>
  readonly featureSize: number
  /** Largest cost of one batch: number of inputs times the cost of the dearest. */
  readonly batchCost: number
  /** Features of one batch, `[batch, featureSize]`, row by row. */
  run(feeds: Tensors): Promise<Float32Array>
}

/** Default of `Preprocessing.windowSize`. */
const usualWindow = 1024

/**
 * The frozen forward pass, the same for every modality and for whatever computes it: prepares a window of the inputs,
 * sorts them by cost, runs them in batches, of inputs of one shape where they are to be steady. The next window is prepared meanwhile, so that two of them are in memory,
 * however many inputs there are.
 * @returns Features, `[inputs.length, featureSize]`, in the order of the inputs.
 * @throws InputError where an input cannot be read and `onUnreadable` is not given.
 */
export async function embedInBatches<Input, Prepared>(
  embedder: Embedder<Input, Prepared>,
  inputs: readonly Input[],
  { signal, onProgress, onUnreadable, steady = false }: EmbedOptions = {},
): Promise<Matrix> {
  const { preprocessing, featureSize, batchCost } = embedder
  const { windowSize = usualWindow } = preprocessing
  const features = zeroMatrix(inputs.length, featureSize)
  let done = 0
  const run = async (batch: readonly Indexed<Prepared>[], feeds: Tensors): Promise<void> => {
    const rows = await embedder.run(feeds)
    batch.forEach(({ index }, row) =>
      features.data.set(rows.subarray(row * featureSize, (row + 1) * featureSize), index * featureSize),
    )
    done += batch.length
    onProgress?.({ done, total: inputs.length })
  }
  const placeOf = (item: Prepared): Pick<Indexed<Prepared>, 'cost' | 'shape'> => {
    const cost = preprocessing.cost(item)
    return { cost, shape: steady ? (preprocessing.shape?.(item) ?? String(cost)) : '' }
  }
  const prepareWindow = async (first: number): Promise<(Prepared | InputError)[]> => {
    signal?.throwIfAborted()
    const window = inputs.slice(first, first + windowSize)
    return Promise.all(window.map((input) => ifReadable(() => preprocessing.prepare(input))))
  }
  let current: Promise<void> = Promise.resolve()
  let next = prepareWindow(0)
  try {
    for (let first = 0; first < inputs.length; first += windowSize) {
      const read = await next
      // Before this window's batches: onnxruntime holds this thread while it runs, decoding has threads of its own.
      next = prepareWindow(first + windowSize)
      next.catch(() => {})
      const prepared = read.flatMap((item, place): Indexed<Prepared>[] => {
        if (!(item instanceof InputError)) return [{ prepared: item, index: first + place, ...placeOf(item) }]
        if (!onUnreadable) throw item
        onUnreadable(first + place, item)
        onProgress?.({ done: ++done, total: inputs.length })
        return []
      })
      for (const batch of batches(prepared, batchCost)) {
        const items = batch.map((item) => item.prepared)
        // onnxruntime multiplies a single row by other code, with other rounding, than it takes for several.
        const feeds = preprocessing.collate(steady && items.length === 1 ? [...items, ...items] : items)
        await current
        signal?.throwIfAborted()
        current = run(batch, feeds)
        // It is awaited further down; until then a failure must not count as unhandled.
        current.catch(() => {})
      }
    }
  } finally {
    // Nothing goes on behind the caller's back.
    await Promise.allSettled([next])
    await current
  }
  return features
}

interface Indexed<Prepared> {
  readonly prepared: Prepared
  /** Place of the input among all inputs. */
  readonly index: number
  readonly cost: number
  /** Of its tensors; '' where they may be padded. */
  readonly shape: string
}

/** Batches of one shape and like cost, the dearest first, none dearer than `batchCost` unless a single input is. */
function batches<Prepared>(items: readonly Indexed<Prepared>[], batchCost: number): Indexed<Prepared>[][] {
  const result: Indexed<Prepared>[][] = []
  let batch: Indexed<Prepared>[] = []
  const order = (a: Indexed<Prepared>, b: Indexed<Prepared>): number =>
    b.cost - a.cost || (a.shape < b.shape ? -1 : Number(a.shape > b.shape))
  for (const item of items.toSorted(order)) {
    const { cost: dearest, shape } = batch[0] ?? item
    if (batch.length > 0 && ((batch.length + 1) * dearest > batchCost || item.shape !== shape)) {
      result.push(batch)
      batch = []
    }
    batch.push(item)
  }
  if (batch.length > 0) result.push(batch)
  return result
}
