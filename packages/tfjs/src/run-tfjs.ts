import { createHash } from 'node:crypto'
import { type Backbone, type Modality, type Preprocessing } from '@headstart/core'
import { embedInBatches, OptionError } from '@headstart/core/kit'
import type { Tensor, Tensors } from '@headstart/onnx'
import type * as Tf from '@tensorflow/tfjs-core'
import type { TfjsModel } from './read-tfjs-model.js'
import { tfjsExecutor } from './tfjs-executor.js'
import { loadRuntime, type RuntimeOptions, type TfjsBackend, type TfjsRuntime, useRuntime } from './tfjs-runtime.js'

/** Options of `runTfjs`. */
export interface RunOptions<Input, Prepared> extends RuntimeOptions {
  readonly id: string
  readonly modality: Modality
  /** Makes tensors of raw inputs, by the names of the model's inputs and in TensorFlow's order (channels last). */
  readonly preprocessing: Preprocessing<Input, Prepared>
  /** The node (of a Keras model: layer) whose values are the features. Default: the model's only output. */
  readonly output?: string
  /** Number of features: elements that the output has for one input. */
  readonly featureSize: number
  /** Largest cost of one batch: number of inputs times the cost of the dearest. Default 2048. */
  readonly batchCost?: number
}

/** A backbone that TensorFlow.js executes. Its layers cannot be unfrozen, and its models cannot be saved. */
export interface TfjsBackbone<Input = unknown> extends Backbone<Input> {
  /** What executes it. */
  readonly backend: TfjsBackend
}

/**
 * A frozen backbone that TensorFlow.js itself executes, for models with parts that `importTfjs` cannot write in ONNX.
 * It needs packages of TensorFlow.js, which @headstart/tfjs does not bring: @tensorflow/tfjs-node, or
 * @tensorflow/tfjs-core with @tensorflow/tfjs-converter (a Keras model: -layers) and @tensorflow/tfjs-backend-wasm.
 * The backend of TensorFlow.js is one for the whole process: it is set when the backbone is made and when it runs.
 * @throws MissingPackageError naming what to install.
 * @throws OptionError when the model has not the output, or not this number of features.
 */
export async function runTfjs<Input, Prepared>(
  model: TfjsModel,
  options: RunOptions<Input, Prepared>,
): Promise<TfjsBackbone<Input>> {
  const { id, modality, preprocessing, featureSize, batchCost = 2048 } = options
  const runtime = await loadRuntime(`backbone "${id}"`, model.format, options)
  const execute = await tfjsExecutor(model, runtime, options.output)
  let fingerprint: string | undefined

  const run = async (feeds: Tensors): Promise<Float32Array> => {
    await useRuntime(runtime)
    const inputs = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toTensorflow(runtime, feed)]))
    let result: Tf.Tensor | undefined
    try {
      result = await execute(inputs)
      const rows = Object.values(feeds)[0]?.dims[0] ?? 0
      if (result.size === rows * featureSize) return Float32Array.from(await result.data())
      throw new OptionError(
        `backbone "${id}"`,
        `${featureSize} features for each of ${rows} inputs`,
        `a tensor of shape [${result.shape.join(', ')}]`,
        'Set featureSize to what the output has, or name another `output`.',
      )
    } finally {
      runtime.tf.dispose([...Object.values(inputs), ...(result ? [result] : [])])
    }
  }

  return {
    id,
    modality,
    featureSize,
    backend: runtime.backend,
    get fingerprint() {
      return (fingerprint ??= fingerprintOf(model, options.output, preprocessing, runtime.backend))
    },
    contentKey: (input) => preprocessing.contentKey(input),
    embed: (inputs, embedding) => embedInBatches({ preprocessing, featureSize, batchCost, run }, inputs, embedding),
  }
}

function toTensorflow({ tf }: TfjsRuntime, { type, dims, data }: Tensor): Tf.Tensor {
  if (type === 'int64') return tf.tensor(Int32Array.from(data as BigInt64Array, Number), [...dims], 'int32')
  return tf.tensor(data as Float32Array, [...dims], type as 'float32' | 'int32' | 'bool' | 'string')
}

/** Backends round differently, so that each has features of its own. */
function fingerprintOf(
  model: TfjsModel,
  output: string | undefined,
  { id, config, files }: Pick<Preprocessing, 'id' | 'config' | 'files'>,
  backend: TfjsBackend,
): string {
  const hash = createHash('sha256').update(JSON.stringify([model.json.modelTopology, output, backend, id, config]))
  for (const [name, { type, dims, data }] of model.weights) {
    hash.update(JSON.stringify([name, type, dims]))
    if (Array.isArray(data)) hash.update(JSON.stringify(data))
    else hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  for (const [name, bytes] of files) hash.update(name).update(bytes)
  return hash.digest('hex')
}
