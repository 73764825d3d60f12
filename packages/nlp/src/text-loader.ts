import { knowledgeLoader, modelLoader } from '@headstart/core/load'
import { polarityLoader } from './knowledge/polarity-part.js'
import { wordsLoader } from './knowledge/words.js'
import { sentencePieceLoader, sentencePieceLoader1 } from './preprocessing/sentence-piece.js'
import { tokenizedTextLoader } from './preprocessing/tokenized-text.js'

const networks = [sentencePieceLoader, sentencePieceLoader1, tokenizedTextLoader]

/** What the texts of saved models are read by. */
export const textPreprocessings = [...networks, knowledgeLoader(networks, [wordsLoader, polarityLoader])]

/** Loads saved text models, wherever they lie. */
export const textLoader = modelLoader('text', textPreprocessings)
