/**
 * Number formats in which a network is published, as Transformers.js calls them, and how its file is called then:
 * `onnx/model_fp16.onnx`. The order is that of preference where none is asked for: what can be tuned comes first.
 */
const suffixes = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const

/** Number format of a network's weights: `fp32` can be tuned, the others are smaller. */
export type Dtype = keyof typeof suffixes

export const dtypes = Object.keys(suffixes) as readonly Dtype[]

/** A network among the files of a model. */
export interface NetworkFile {
  readonly name: string
  readonly dtype: Dtype
}

/**
 * The file of a network among a model's files, in the folder `onnx` or beside the configuration.
 * @param parts What of the model is wanted, the first that there is: 'model' is the whole, 'vision_model' one side of a pair.
 * @param dtype Default: the first of `fp32`, `fp16`, `q8`, ... that there is.
 */
export function findNetwork(
  names: readonly string[],
  parts: readonly string[],
  dtype?: Dtype,
): NetworkFile | undefined {
  for (const part of parts) {
    for (const one of dtype ? [dtype] : dtypes) {
      for (const folder of ['onnx/', '']) {
        const name = `${folder}${part}${suffixes[one]}.onnx`
        if (names.includes(name)) return { name, dtype: one }
      }
    }
  }
  return undefined
}

/** Files in which an ONNX file keeps weights outside itself: `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data`. */
export function externalData(names: readonly string[], network: string): string[] {
  return names.filter((name) => name.startsWith(network) && /^[._]data(_\d+)?$/.test(name.slice(network.length)))
}

/** All files of a model that are networks. */
export function networkFiles(names: readonly string[]): string[] {
  return names.filter((name) => name.endsWith('.onnx'))
}
