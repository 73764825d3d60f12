import { z } from 'zod'
import { TfjsFormatError } from '../errors.js'
import type { TfjsModel } from '../read-tfjs-model.js'

const config = z.record(z.string(), z.unknown())
const classConfig = z.object({ class_name: z.string(), config: z.union([config, z.array(z.unknown())]) })
/** Layer, number of the call, number of the output. */
const reference = z.tuple([z.string(), z.number(), z.number()], z.unknown())
const layer = classConfig.extend({ name: z.string().optional(), inbound_nodes: z.array(z.array(reference)).optional() })
const references = z.union([z.array(reference), reference.transform((one) => [one])])
const network = z.object({
  name: z.string().optional(),
  layers: z.array(layer),
  input_layers: references.optional(),
  output_layers: references.optional(),
})

/** Where a layer's input comes from: a layer, which of its calls, which of its outputs. */
export type LayerReference = readonly [layer: string, call: number, output: number, ...unknown[]]

/** A layer as its model says it. */
export interface LayerJson {
  readonly name: string
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
  /** The layers in it, where it is a model itself. */
  readonly model?: ModelConfig | undefined
  /** For each call of the layer, its inputs; where the model is sequential, there are none. */
  readonly calls: readonly (readonly LayerReference[])[]
}

/** A Keras model: layers one after the other, or joined by references. */
export interface ModelConfig {
  readonly isSequential: boolean
  readonly layers: readonly LayerJson[]
  readonly inputs: readonly LayerReference[]
  readonly outputs: readonly LayerReference[]
}

/** Classes of layers that are models. */
const models = new Set(['Model', 'Functional', 'Sequential'])

/**
 * The topology of a layers model, which TensorFlow.js writes as it is and the converter puts into `model_config`.
 * @throws TfjsFormatError when it is none.
 */
export function parseTopology({ source, json }: TfjsModel): ModelConfig {
  const { data, error } = classConfig.safeParse(json.modelTopology['model_config'] ?? json.modelTopology)
  if (data && models.has(data.class_name)) return parseModel(source, data)
  throw new TfjsFormatError(
    source,
    'a Keras 2 model (Functional or Sequential) in modelTopology',
    data ? `a ${data.class_name}` : `${error.issues[0]?.path.join('.')}: ${error.issues[0]?.message}`,
    'Save it with TensorFlow.js, or with Keras 2 and convert it with tensorflowjs_converter.',
  )
}

function parseModel(source: string, given: z.infer<typeof classConfig>): ModelConfig {
  // Old Keras writes a sequential model as a plain list of layers.
  const { data, error } = network.safeParse(Array.isArray(given.config) ? { layers: given.config } : given.config)
  if (!data) {
    const [issue] = error.issues
    const remedy = 'Save it with TensorFlow.js, or with Keras 2 and convert it with tensorflowjs_converter.'
    throw new TfjsFormatError(
      source,
      'the layers of a Keras 2 model',
      `${issue?.path.join('.')}: ${issue?.message}`,
      remedy,
    )
  }
  return {
    isSequential: given.class_name === 'Sequential',
    layers: data.layers.map((one): LayerJson => {
      const settings = Array.isArray(one.config) ? {} : one.config
      return {
        name: one.name ?? String(settings['name'] ?? one.class_name),
        className: one.class_name,
        config: settings,
        model: models.has(one.class_name) ? parseModel(source, one) : undefined,
        calls: one.inbound_nodes ?? [],
      }
    }),
    inputs: data.input_layers ?? [],
    outputs: data.output_layers ?? [],
  }
}
