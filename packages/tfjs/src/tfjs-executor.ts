import { OptionError } from '@headstart/core/kit'
import type { Tensor } from '@headstart/onnx'
import type * as Tf from '@tensorflow/tfjs-core'
import type { TfjsModel } from './read-tfjs-model.js'
import type { TfjsRuntime } from './tfjs-runtime.js'

/** Runs a model once: tensors by the name of the input to the tensor of the output. */
export type TfjsExecutor = (inputs: Record<string, Tf.Tensor>) => Promise<Tf.Tensor>

/**
 * A model made ready to run by TensorFlow.js.
 * @param output Node or layer whose value is wanted; default: the model's only output.
 * @throws OptionError when there is no such node, or no single output.
 */
export async function tfjsExecutor(model: TfjsModel, runtime: TfjsRuntime, output?: string): Promise<TfjsExecutor> {
  const handler = { load: async () => artifactsOf(model) }
  return model.format === 'graph-model'
    ? graphExecutor(model.source, await runtime.converter.loadGraphModel(handler), output)
    : layersExecutor(model.source, runtime, await runtime.layers.loadLayersModel(handler), output)
}

function graphExecutor(
  source: string,
  model: Awaited<ReturnType<TfjsRuntime['converter']['loadGraphModel']>>,
  output: string | undefined,
): TfjsExecutor {
  const name = output ?? only(source, model.outputNodes)
  let hasControlFlow = false
  return async (inputs) => {
    if (!hasControlFlow) {
      try {
        return model.execute(inputs, name) as Tf.Tensor
      } catch {
        // Loops, and values whose shape depends on numbers, are only executed asynchronously. Another mistake comes again.
        hasControlFlow = true
      }
    }
    return (await model.executeAsync(inputs, name)) as Tf.Tensor
  }
}

function layersExecutor(
  source: string,
  { layers }: TfjsRuntime,
  model: Awaited<ReturnType<TfjsRuntime['layers']['loadLayersModel']>>,
  output: string | undefined,
): TfjsExecutor {
  const upTo = (name: string) => {
    const layer = model.layers.find((one) => one.name === name)
    if (layer) return layers.model({ inputs: model.inputs, outputs: layer.output as typeof model.outputs })
    throw new OptionError(
      source,
      'an output that is a layer of the model',
      `"${name}"`,
      'Read the names in model.json.',
    )
  }
  if (output === undefined)
    only(
      source,
      model.outputs.map(({ sourceLayer }) => sourceLayer.name),
    )
  const part = output === undefined ? model : upTo(output)
  // A sequential model that was not run yet does not know the names of its inputs.
  const names = model.inputs.map(({ sourceLayer }) => sourceLayer.name)
  return async (inputs) => {
    const given = names.map((input) => {
      const tensor = inputs[input]
      if (tensor) return tensor
      throw new OptionError(
        source,
        `a tensor for the input "${input}"`,
        Object.keys(inputs).join(', '),
        'Name it so in `collate`.',
      )
    })
    return part.predict(given.length === 1 ? (given[0] as Tf.Tensor) : given) as Tf.Tensor
  }
}

function only(source: string, outputs: readonly string[]): string {
  const [output] = outputs
  if (output !== undefined && outputs.length === 1) return output
  throw new OptionError(source, 'one output', outputs.join(', '), 'Name one of its nodes as `output`.')
}

/** The model as TensorFlow.js wants it, from our tensors: weights that were quantized are not any more. */
function artifactsOf({ json, weights }: TfjsModel): Tf.io.ModelArtifacts {
  const specs = [...weights].map(([name, { dims, type }]): Tf.io.WeightsManifestEntry => ({
    name,
    shape: [...dims],
    dtype: type as 'float32' | 'int32' | 'bool' | 'string',
  }))
  const bytes = Buffer.concat([...weights.values()].map(bytesOf))
  return {
    modelTopology: withoutInitializers(json.modelTopology),
    weightSpecs: specs,
    weightData: new Uint8Array(bytes).buffer,
    ...(json.signature && { signature: json.signature }),
  }
}

/**
 * A Keras model with zeros for initial values, which its weights replace: to make orthogonal ones TensorFlow.js takes
 * long and needs parts that only its package @tensorflow/tfjs has.
 */
function withoutInitializers(topology: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isSet = (key: string, value: unknown): boolean => key.endsWith('_initializer') && value !== null
  const text = JSON.stringify(topology, (key, value: unknown) =>
    isSet(key, value) ? { class_name: 'Zeros', config: {} } : value,
  )
  return JSON.parse(text) as Record<string, unknown>
}

function bytesOf({ data }: Tensor): Uint8Array {
  if (!Array.isArray(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return Buffer.concat(
    data.flatMap((text) => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(Buffer.byteLength(text))
      return [length, Buffer.from(text)]
    }),
  )
}
