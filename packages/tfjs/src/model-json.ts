import { parseJsonText } from '@headstart/core/kit'
import { z } from 'zod'
import { TfjsFormatError } from './errors.js'

const dimension = z.int().nonnegative()

const weightSpec = z.object({
  name: z.string(),
  shape: z.array(dimension),
  dtype: z.enum(['float32', 'int32', 'bool', 'string']),
  quantization: z
    .object({
      dtype: z.enum(['uint8', 'uint16', 'float16']),
      scale: z.number().optional(),
      min: z.number().optional(),
      original_dtype: z.string().optional(),
    })
    .optional(),
})

const modelJson = z.object({
  // Left out by converters before 1.0, which wrote graph models; a Keras model is told by its topology.
  format: z.string().nullish(),
  generatedBy: z.string().nullish(),
  convertedBy: z.string().nullish(),
  modelTopology: z.record(z.string(), z.unknown()),
  signature: z.record(z.string(), z.unknown()).nullish(),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightSpec) })),
})

/** One weight of the manifest: how its elements are stored. */
export type WeightSpec = z.infer<typeof weightSpec>

/** What a model.json says. */
export type ModelJson = z.infer<typeof modelJson>

/** The two formats of TensorFlow.js: a TensorFlow graph, or the layers of a Keras model. */
export type TfjsFormat = 'graph-model' | 'layers-model'

/**
 * Parses a model.json.
 * @param who Names the file in errors.
 * @throws TfjsFormatError when it is none.
 */
export function parseModelJson(who: string, text: string): ModelJson {
  let json: unknown
  try {
    json = parseJsonText(text)
  } catch (cause) {
    throw new TfjsFormatError(who, 'JSON', 'text that is none', 'Give the model.json of a TensorFlow.js model.', {
      cause,
    })
  }
  const { data, error } = modelJson.safeParse(json)
  if (data) return data
  const [issue] = error.issues
  throw new TfjsFormatError(
    who,
    'the model.json of a TensorFlow.js model',
    `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`,
    'Convert the model with tensorflowjs_converter, or save it with TensorFlow.js.',
  )
}

/**
 * Which of the two formats it is.
 * @throws TfjsFormatError when it is neither.
 */
export function formatOf(who: string, { format, modelTopology }: ModelJson): TfjsFormat {
  if (format === 'graph-model' || format === 'layers-model') return format
  if (!format && 'node' in modelTopology) return 'graph-model'
  if (!format && ('model_config' in modelTopology || 'class_name' in modelTopology)) return 'layers-model'
  throw new TfjsFormatError(
    who,
    'the format "graph-model" or "layers-model"',
    format ? `"${format}"` : 'neither',
    'Convert the model with tensorflowjs_converter, or save it with TensorFlow.js.',
  )
}
