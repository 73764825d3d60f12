import * as core from '@headstart/core'
import { sentencePieceLoader } from './sentence-piece.js'

export * from '@headstart/core'
export { bagOfWords } from './bag-of-words.js'
export { readTextDataset, type ReadTextDatasetOptions } from './read-text-dataset.js'
export { sentencePiece, sentencePieceLoader, type SentencePieceOptions } from './sentence-piece.js'
export { textMethods } from './text-methods.js'
export { universalSentenceEncoder, type UniversalSentenceEncoderOptions } from './universal-sentence-encoder.js'

/**
 * Reads a saved text model (see `loadModel` of @headstart/core).
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or for another kind of input.
 */
export function loadModel<Label extends core.Target = string>(folder: string): Promise<core.Model<string, Label>> {
  return core.loadModel<string, Label>(folder, [sentencePieceLoader])
}
