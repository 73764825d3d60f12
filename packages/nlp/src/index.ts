import * as core from '@headstart/core'
import { sentencePieceLoader } from './preprocessing/sentence-piece.js'
import { tokenizedTextLoader } from './preprocessing/tokenized-text.js'

export * from '@headstart/core'
export { type Dtype, HubError, ModelFilesError } from '@headstart/hub'
export { bagOfWords } from './backbone/bag-of-words.js'
export type { Pooling } from './backbone/pooled-graph.js'
export { publishedEncoders, type PublishedEncoder } from './backbone/published-encoders.js'
export { readTextDataset, type ReadTextDatasetOptions } from './data/read-text-dataset.js'
export { sentencePiece, sentencePieceLoader, type SentencePieceOptions } from './preprocessing/sentence-piece.js'
export { textMethods } from './backbone/text-methods.js'
export {
  type LongTexts,
  tokenizedText,
  tokenizedTextLoader,
  type TokenizedTextOptions,
  type TokenInput,
} from './preprocessing/tokenized-text.js'
export { transformersBackbone, type TransformersBackboneOptions } from './backbone/transformers-backbone.js'
export {
  universalSentenceEncoder,
  type UniversalSentenceEncoderOptions,
} from './backbone/universal-sentence-encoder.js'
export { zeroShot } from './backbone/zero-shot.js'

/**
 * Reads a saved text model (see `loadModel` of @headstart/core).
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or for another kind of input.
 */
export function loadModel<Label extends core.Target = string>(folder: string): Promise<core.Model<string, Label>> {
  return core.loadModel<string, Label>(folder, [sentencePieceLoader, tokenizedTextLoader])
}
