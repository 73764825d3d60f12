import * as core from '@headstart/core'
import { sentencePieceLoader } from './sentence-piece.js'
import { tokenizedTextLoader } from './tokenized-text.js'

export * from '@headstart/core'
export { type Dtype, HubError, ModelFilesError } from '@headstart/hub'
export { bagOfWords } from './bag-of-words.js'
export type { Pooling } from './pooled-graph.js'
export { publishedEncoders, type PublishedEncoder } from './published-encoders.js'
export { readTextDataset, type ReadTextDatasetOptions } from './read-text-dataset.js'
export { sentencePiece, sentencePieceLoader, type SentencePieceOptions } from './sentence-piece.js'
export { textMethods } from './text-methods.js'
export { type LongTexts, tokenizedText, tokenizedTextLoader, type TokenizedTextOptions, type TokenInput } from './tokenized-text.js'
export { transformersBackbone, type TransformersBackboneOptions } from './transformers-backbone.js'
export { universalSentenceEncoder, type UniversalSentenceEncoderOptions } from './universal-sentence-encoder.js'
export { zeroShot } from './zero-shot.js'

/**
 * Reads a saved text model (see `loadModel` of @headstart/core).
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or for another kind of input.
 */
export function loadModel<Label extends core.Target = string>(folder: string): Promise<core.Model<string, Label>> {
  return core.loadModel<string, Label>(folder, [sentencePieceLoader, tokenizedTextLoader])
}
