export * from '@headstart/core'
export { type Dtype, HubError, ModelFilesError } from '@headstart/hub'
export { bagOfWords } from './backbone/bag-of-words.js'
export type { Pooling } from './backbone/pooled-graph.js'
export { publishedEncoders, type PublishedEncoder } from './backbone/published-encoders.js'
export { readTextDataset, type ReadTextDatasetOptions } from './data/read-text-dataset.js'
export { sentencePiece, sentencePieceLoader, type SentencePieceOptions } from './preprocessing/sentence-piece.js'
export { textLearners } from './backbone/text-learners.js'
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
export { loadModel } from './load-model.js'
export { textTask } from './task.js'
