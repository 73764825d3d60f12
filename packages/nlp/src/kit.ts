/** Parts of text backbones and their preprocessing. */
export { bagOfWords } from './backbone/bag-of-words.js'
export type { Pooling } from './backbone/pooled-graph.js'
export { type PublishedEncoder, publishedEncoders } from './backbone/published-encoders.js'
export { wordsAlone } from './backbone/text-learners.js'
export { sentencePiece, sentencePieceLoader, type SentencePieceOptions } from './preprocessing/sentence-piece.js'
export {
  type TokenInput,
  tokenizedText,
  tokenizedTextLoader,
  type TokenizedTextOptions,
} from './preprocessing/tokenized-text.js'
