import { Session, type Tensors } from '@headstart/onnx'
import { encodeModel } from '@headstart/onnx/kit'
import type { Devices, EmbedOptions, Modality, Network, Preprocessing, TunableBackbone } from '../contract/backbone.js'
import { embedInBatches } from './embed-in-batches.js'
import { DataError } from '../contract/errors.js'
import type { Matrix } from '../contract/matrix.js'
import { sha256 } from '../kit/sha256.js'

/** The parts of which `networkBackbone` makes a backbone. */
export interface NetworkBackboneParts<Input, Prepared> {
  readonly id: string
  readonly modality: Modality
  readonly network: Network
  readonly preprocessing: Preprocessing<Input, Prepared>
  /** Default: a SHA-256 over graph, weights and preprocessing. */
  readonly fingerprint?: string
  /** Largest cost of one batch: number of inputs times the cost of the dearest. Default: as the preprocessing says. */
  readonly batchCost?: number
  /** Threads of one operator. Default: one per core. */
  readonly threads?: number | undefined
  /** Where the network runs. Default 'cpu'. One that is not there is an error when the network is first used. */
  readonly device?: Devices | undefined
  /** Whether it runs in threads of its own, see `SessionOptions.aside`. Default false. */
  readonly aside?: boolean | undefined
}

/**
 * A backbone from a network and its preprocessing, executed by onnxruntime (see `embedInBatches`).
 */
export function networkBackbone<Input, Prepared>(parts: NetworkBackboneParts<Input, Prepared>): TunableBackbone<Input> {
  const { id, modality, network, preprocessing, batchCost = preprocessing.batchCost ?? 2048 } = parts
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
  const devices = [parts.device ?? 'cpu'].flat()
  let session: Promise<Session> | undefined
  let fingerprint = parts.fingerprint
  const start = (): Promise<Session> =>
    (session ??= Session.create(network.graph, {
      ...(parts.threads !== undefined && { threads: parts.threads }),
      device: devices,
      ...(parts.aside && { aside: true }),
      guarded: true,
      // The next inputs are prepared on the same cores.
      spin: false,
    }))

  const embed = async (inputs: readonly Input[], options: EmbedOptions = {}): Promise<Matrix> => {
    // The first inputs are fetched and read while it starts.
    const starting = start()
    starting.catch(() => {})
    const run = async (feeds: Tensors): Promise<Float32Array> =>
      (await (await starting).run(feeds, undefined, options.signal))[output.name]?.data as Float32Array
    const features = await embedInBatches({ preprocessing, featureSize, batchCost, run }, inputs, options)
    await starting
    return features
  }

  const close = async (): Promise<void> => {
    const open = session
    session = undefined
    await (await open)?.close()
  }

  return {
    id,
    modality,
    featureSize,
    network,
    preprocessing,
    devices,
    get fingerprint() {
      return (fingerprint ??= fingerprintOf(network, preprocessing))
    },
    takes: preprocessing.takes,
    contentKey: (input) => preprocessing.contentKey(input),
    embed,
    takeNotices: () => preprocessing.takeNotices?.() ?? [],
    review: (input) => preprocessing.review?.(input),
    close,
    [Symbol.asyncDispose]: close,
    on: (device) =>
      networkBackbone({ ...parts, fingerprint: (fingerprint ??= fingerprintOf(network, preprocessing)), device }),
    withNetwork: (other) => {
      const { fingerprint: _, ...rest } = parts
      return networkBackbone({ ...rest, network: other })
    },
  }
}

function fingerprintOf({ graph }: Network, { id, config, files }: Preprocessing): string {
  return sha256(encodeModel(graph), id, JSON.stringify(config), ...[...files].flat())
}
