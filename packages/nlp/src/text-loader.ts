import { modelLoader } from '@headstart/core/load'
import { sentencePieceLoader, sentencePieceLoader1 } from './preprocessing/sentence-piece.js'
import { tokenizedTextLoader } from './preprocessing/tokenized-text.js'

/** What the texts of saved models are read by. */
export const textPreprocessings = [sentencePieceLoader, sentencePieceLoader1, tokenizedTextLoader]

/** Loads saved text models, wherever they lie. */
export const textLoader = modelLoader('text', textPreprocessings)
