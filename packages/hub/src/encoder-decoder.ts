import { ModelFilesError } from './errors.js'
import { type Dtype, findNetwork, networkFiles, type NetworkFile } from './network-files.js'

/** The networks of an encoder-decoder, such as a translator, among a model's files. */
export interface EncoderDecoderFiles {
  readonly encoder: NetworkFile
  /** With both ways, with and without a cache, in one `If`; else the way without a cache. */
  readonly decoder: NetworkFile
  /** The way with a cache; undefined where the decoder has both. */
  readonly decoderWithPast: NetworkFile | undefined
}

/**
 * The networks of an encoder-decoder: `encoder_model` with `decoder_model_merged`, or with `decoder_model` and
 * `decoder_with_past_model`.
 * @throws ModelFilesError where one is missing, and for models of another kind.
 */
export function findEncoderDecoder(who: string, names: readonly string[], dtype?: Dtype): EncoderDecoderFiles {
  const find = (part: string): NetworkFile | undefined => findNetwork(names, [part], dtype)
  const encoder = find('encoder_model')
  const merged = find('decoder_model_merged')
  const [first, next] = [find('decoder_model'), find('decoder_with_past_model')]
  const decoder = merged ?? first
  if (encoder && decoder && (merged || next)) return { encoder, decoder, decoderWithPast: merged ? undefined : next }

  const format = dtype ? ` in the number format ${dtype}` : ''
  const missing = !encoder
    ? decoder || next
      ? 'onnx/encoder_model.onnx beside the decoder'
      : undefined
    : merged || first || next
      ? `onnx/${first ? 'decoder_with_past_model' : 'decoder_model'}.onnx beside onnx/${first ? 'decoder_model' : 'decoder_with_past_model'}.onnx`
      : 'onnx/decoder_model_merged.onnx beside onnx/encoder_model.onnx'
  const got = `the networks ${networkFiles(names).slice(0, 8).join(', ')}`
  if (missing !== undefined) {
    const remedy =
      'Copy or fetch the whole model, or export it again (optimum-cli export onnx --task text2text-generation-with-past).'
    throw new ModelFilesError(who, `${missing}${format}`, got, remedy)
  }
  const expected = `an encoder-decoder, with onnx/encoder_model.onnx and onnx/decoder_model_merged.onnx${format}`
  const remedy = 'Choose a translator that is published for Transformers.js, such as Xenova/opus-mt-en-de.'
  throw new ModelFilesError(who, expected, networkFiles(names).length > 0 ? got : 'no ONNX file', remedy)
}
