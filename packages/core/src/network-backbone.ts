import { createHash } from 'node:crypto'
import { encodeModel, Session, type Tensor } from '@headstart/onnx'
import type { EmbedOptions, Modality, Network, Preprocessing, TunableBackbone } from './backbone.js'
import { DataError, InputError } from './errors.js'
import { ifReadable } from './if-readable.js'
import { type Matrix, zeroMatrix } from './matrix.js'

/** The parts of which `networkBackbone` makes a backbone. */
export interface NetworkBackboneParts<Input, Prepared> {
  readonly id: string
  readonly modality: Modality
  readonly network: Network
  readonly preprocessing: Preprocessing<Input, Prepared>
  /** Default: a SHA-256 over graph, weights and preprocessing. */
  readonly fingerprint?: string
  /** Largest cost of one batch: number of inputs times the cost of the dearest. Default 2048. */
  readonly batchCost?: number
  /** Threads of one operator. Default: one per core. */
  readonly threads?: number
}

/** Default of `Preprocessing.windowSize`. */
const usualWindow = 1024

/**
 * A backbone from a network and its preprocessing. The frozen forward pass is the same for every modality: prepare
 * a window of the inputs, sort them by cost, run them in batches. The next window is prepared meanwhile, so that two of
 * them are in memory, however many inputs there are.
 */
export function networkBackbone<Input, Prepared>(parts: NetworkBackboneParts<Input, Prepared>): TunableBackbone<Input> {
  const { id, modality, network, preprocessing, batchCost = 2048 } = parts
  const { windowSize = usualWindow } = preprocessing
  const output = network.graph.outputs[0]
  const featureSize = output?.dims?.at(-1)
  if (network.graph.outputs.length !== 1 || !output || typeof featureSize !== 'number') {
    throw new DataError(
      `backbone "${id}"`,
      'a graph with one output of shape [batch, features], the number of features known',
      `outputs ${network.graph.outputs.map(({ name, dims }) => `${name}[${dims?.join(', ') ?? '?'}]`).join(', ')}`,
      'Cut the graph at the features.',
    )
  }
  let session: Promise<Session> | undefined
  let fingerprint = parts.fingerprint
  const start = (): Promise<Session> =>
    (session ??= Session.create(network.graph, {
      ...(parts.threads !== undefined && { threads: parts.threads }),
      // The next inputs are prepared on the same cores.
      spin: false,
    }))

  async function embed(inputs: readonly Input[], options: EmbedOptions = {}): Promise<Matrix> {
    const { signal, onProgress, onUnreadable } = options
    const features = zeroMatrix(inputs.length, featureSize as number)
    const running = await start()
    let done = 0
    const run = async (batch: readonly Indexed<Prepared>[], feeds: Record<string, Tensor>): Promise<void> => {
      const results = await running.run(feeds)
      const rows = results[output?.name ?? '']?.data as Float32Array
      batch.forEach(({ index }, row) =>
        features.data.set(rows.subarray(row * features.columns, (row + 1) * features.columns), index * features.columns),
      )
      done += batch.length
      onProgress?.({ done, total: inputs.length })
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
          if (!(item instanceof InputError)) return [{ prepared: item, index: first + place, cost: preprocessing.cost(item) }]
          if (!onUnreadable) throw item
          onUnreadable(first + place, item)
          onProgress?.({ done: ++done, total: inputs.length })
          return []
        })
        for (const batch of batches(prepared, batchCost)) {
          const feeds = preprocessing.collate(batch.map((item) => item.prepared))
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

  return {
    id,
    modality,
    featureSize,
    network,
    preprocessing,
    get fingerprint() {
      return (fingerprint ??= fingerprintOf(network, preprocessing))
    },
    contentKey: (input) => preprocessing.contentKey(input),
    embed,
  }
}

interface Indexed<Prepared> {
  readonly prepared: Prepared
  /** Place of the input among all inputs. */
  readonly index: number
  readonly cost: number
}

/** Batches of like cost, the dearest first, none dearer than `batchCost` unless a single input is. */
function batches<Prepared>(items: readonly Indexed<Prepared>[], batchCost: number): Indexed<Prepared>[][] {
  const result: Indexed<Prepared>[][] = []
  let batch: Indexed<Prepared>[] = []
  for (const item of items.toSorted((a, b) => b.cost - a.cost)) {
    const dearest = batch[0]?.cost ?? item.cost
    if (batch.length > 0 && (batch.length + 1) * dearest > batchCost) {
      result.push(batch)
      batch = []
    }
    batch.push(item)
  }
  if (batch.length > 0) result.push(batch)
  return result
}

function fingerprintOf({ graph }: Network, { id, config, files }: Preprocessing): string {
  const hash = createHash('sha256').update(encodeModel(graph)).update(id).update(JSON.stringify(config))
  for (const [name, bytes] of files) hash.update(name).update(bytes)
  return hash.digest('hex')
}
