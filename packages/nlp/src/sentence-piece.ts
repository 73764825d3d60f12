import tokenizerBundle from '#tokenizer'
import { DataError, type Preprocessing, type PreprocessingLoader } from '@headstart/core'
import { tensor } from '@headstart/onnx'

/** Options of `sentencePiece`. */
export interface SentencePieceOptions {
  /** Bytes of `vocab.json`: a list of [piece, score]. */
  readonly vocabulary: Uint8Array
  /** Longer texts are cut to this many tokens. Default 128, as in the original. */
  readonly maxTokens?: number
}

/** Begins every word, in the place of the space before it (SentencePiece's word separator). */
const separator = '\u2581'
/** A longer word is cut: no piece is longer than 16 characters, so 128 tokens are well inside. */
const longestWord = 4096
/** Words whose tokens are remembered. */
const rememberedWords = 50_000

/**
 * Token ids of texts by a SentencePiece unigram model (Kudo, "Subword Regularization", 2018).
 *
 * The tokenizer is the one of `@tensorflow-models/universal-sentence-encoder`, whose cost grows with the square of
 * the text. No piece of the vocabulary reaches over a word's beginning, so the best path through a text is the best
 * path through each word, and it is called word by word: the same ids in linear time, and only as many as are used.
 *
 * @throws DataError for bytes that are no such vocabulary.
 */
export function sentencePiece({ vocabulary, maxTokens = 128 }: SentencePieceOptions): Preprocessing<string, number[]> {
  const pieces = parseVocabulary(vocabulary)
  const tokenizer = new tokenizerBundle.Tokenizer(pieces)
  const emptyWord = pieces.findIndex(([piece]) => piece === separator)
  const remembered = new Map<string, readonly number[]>()

  function encodeWord(word: string): readonly number[] {
    // The tokenizer takes '' for "no text"; inside a text it is a separator that stands alone.
    if (word === '') return [emptyWord]
    const known = remembered.get(word)
    if (known) return known
    const ids = tokenizer.encode(word.length > longestWord ? word.slice(0, longestWord) : word)
    if (remembered.size >= rememberedWords) remembered.clear()
    remembered.set(word, ids)
    return ids
  }

  function encode(text: string): number[] {
    // A token covers at most 16 characters, but NFKC may shorten a text; what is far behind the last token is not read.
    const normalised = text.slice(0, longestWord * maxTokens).normalize('NFKC')
    const ids: number[] = []
    if (normalised === '') return ids
    for (let start = 0; start <= normalised.length && ids.length < maxTokens; ) {
      const space = normalised.indexOf(' ', start)
      const end = space === -1 ? normalised.length : space
      ids.push(...encodeWord(normalised.slice(start, end)))
      start = end + 1
    }
    return ids.slice(0, maxTokens)
  }

  return {
    id: sentencePieceLoader.id,
    config: { maxTokens },
    files: new Map([[vocabularyName, vocabulary]]),
    contentKey: (text) => text,
    prepare: encode,
    cost: (ids) => ids.length,
    collate(batch) {
      // A batch of empty texts still has a column, of padding.
      const tokens = Math.max(1, ...batch.map((ids) => ids.length))
      const inputIds = new BigInt64Array(batch.length * tokens)
      const mask = new BigInt64Array(batch.length * tokens)
      batch.forEach((ids, row) =>
        ids.forEach((id, column) => {
          inputIds[row * tokens + column] = BigInt(id)
          mask[row * tokens + column] = 1n
        }),
      )
      const dims = [batch.length, tokens]
      return {
        input_ids: tensor('int64', dims, inputIds),
        attention_mask: tensor('int64', dims, mask),
      }
    },
  }
}

const vocabularyName = 'vocab.json'

/** Makes the preprocessing of a saved model again. */
export const sentencePieceLoader: PreprocessingLoader<string> = {
  id: 'use-sentencepiece/1',
  load(config, files) {
    const vocabulary = files.get(vocabularyName)
    const { maxTokens } = config
    if (vocabulary && typeof maxTokens === 'number') return sentencePiece({ vocabulary, maxTokens })
    const got = `files ${[...files.keys()].join(', ')} and settings ${JSON.stringify(config)}`
    throw new DataError('saved tokenizer', `${vocabularyName} and the setting maxTokens`, got, 'Train the model again.')
  },
}

type Pieces = readonly (readonly [piece: string, score: number])[]

function parseVocabulary(bytes: Uint8Array): Pieces {
  const problem = (got: string): DataError =>
    new DataError('SentencePiece vocabulary', 'a JSON list of [piece, score]', got, 'Use the vocabulary of the model.')
  let pieces: unknown
  try {
    pieces = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw problem('no JSON')
  }
  const isPiece = (one: unknown): boolean =>
    Array.isArray(one) && one.length === 2 && typeof one[0] === 'string' && typeof one[1] === 'number'
  if (!Array.isArray(pieces) || !pieces.every(isPiece)) throw problem('something else')
  const list = pieces as Pieces
  const crossing = list.find(([piece]) => piece.lastIndexOf(separator) > 0)
  if (crossing) throw problem(`the piece "${crossing[0]}", which reaches over the beginning of a word`)
  if (!list.some(([piece]) => piece === separator)) throw problem(`no piece "${separator}"`)
  return list
}
