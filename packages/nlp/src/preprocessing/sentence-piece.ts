import tokenizerBundle from '#tokenizer'
import { DataError, parseJsonText, type Preprocessing, type PreprocessingLoader } from '@headstart/core/load'
import { tensor } from '@headstart/onnx'
import { isLength, longestText, readableText } from './readable-text.js'
import { partsOfTokens } from '../explain/parts-of-tokens.js'
import { textParts } from '../explain/text-parts.js'
import { textChecks } from '../checks/text-checks.js'
import { texts } from './texts.js'
import { mayBeOdd, readingNotices } from './reading-notices.js'
import { cutAndFilled, type ExportedTokenizer, tokensForOnnx, tokensForTransformers } from './exported-tokens.js'

/** Options of `sentencePiece`. */
export interface SentencePieceOptions {
  /** Bytes of `vocab.json`: a list of [piece, score]. */
  readonly vocabulary: Uint8Array
  /** Longer texts are cut to this many tokens. Default 128, as in the original. */
  readonly maxTokens?: number
  /**
   * 'collapsed': as SentencePiece reads texts, a tab, a line end and any run of white space is one space, none at either end;
   * what a piece of the vocabulary holds stays. 'kept': as `@tensorflow-models/universal-sentence-encoder` does, to which tabs and
   * line ends are unknown characters. Default 'collapsed'.
   */
  readonly whiteSpace?: 'collapsed' | 'kept'
}

/** Begins every word, in the place of the space before it (SentencePiece's word separator). */
const separator = '\u2581'
/** Id of every run of characters that no piece covers. */
const unknown = 0
/** Characters of a piece. */
const longestPossible = 256

/**
 * Token ids of texts by a SentencePiece unigram model (Kudo, "Subword Regularization", 2018, section 3.2): the best
 * path through the pieces of a text, Viterbi's algorithm, after NFKC.
 *
 * The pieces at each place come from the tokenizer of `@tensorflow-models/universal-sentence-encoder`, whose own cost
 * grows with the square of the text. Here it is linear and the ids are the same, ties included: it looks no further
 * ahead than the longest piece, and reads only as many words as can be used, since each word has a token of its own.
 *
 * @throws DataError for bytes that are no such vocabulary.
 */
export function sentencePiece({
  vocabulary,
  maxTokens = 128,
  whiteSpace = 'collapsed',
}: SentencePieceOptions): Preprocessing<string, number[]> {
  const pieces = parseVocabulary(vocabulary)
  const collapses = whiteSpace === 'collapsed' && !pieces.some(([piece]) => spaces.test(piece))
  const notices = readingNotices(maxTokens)
  const longestPiece = pieces.reduce((longest, [piece]) => Math.max(longest, piece.length), 0)
  // Made when a text comes: training on cached features meets none.
  let trie: InstanceType<typeof tokenizerBundle.Tokenizer>['trie'] | undefined

  function encode(text: string): number[] {
    trie ??= new tokenizerBundle.Tokenizer(pieces).trie
    const { words, isWhole } = firstWords(text, maxTokens, collapses)
    // Score of the best path to each place, and the piece with which it ends.
    const best = new Float64Array(words.length + 1)
    const lastPiece = new Int32Array(words.length + 1)
    for (let start = 0; start < words.length; start++) {
      const score = best[start] ?? 0
      for (const [piece, gain, id] of trie.commonPrefixSearch(words.slice(start, start + longestPiece))) {
        const end = start + piece.length
        const known = best[end] ?? 0
        // 0 means "no path yet", as in the original: where a path's scores do add up to 0, the later piece wins.
        if (known !== 0 && score + gain < known) continue
        best[end] = score + gain
        lastPiece[end] = id
      }
    }
    const ids: number[] = []
    let unread = 0
    for (let end = words.length; end > 0;) {
      const id = lastPiece[end] ?? unknown
      if (id === unknown) unread++
      if (id !== unknown || ids.at(-1) !== unknown) ids.push(id)
      end -= pieces[id]?.[0].length ?? 1
    }
    if (!isWhole || ids.length > maxTokens) notices.cut(text)
    if (unread > words.replaceAll(separator, '').length / 2) notices.unreadable(text)
    else notices.english(text)
    return ids.reverse().slice(0, maxTokens)
  }

  return {
    id: (whiteSpace === 'collapsed' ? sentencePieceLoader : sentencePieceLoader1).id,
    config: { maxTokens },
    files: new Map([[vocabularyName, vocabulary]]),
    takes: texts,
    checks: textChecks,
    async dissect(text) {
      const dissected = textParts(text, encode)
      const words = dissected.parts.flatMap((part) => ('text' in part && part.read !== false ? [part.text] : []))
      return {
        ...dissected,
        tokens() {
          const parts = partsOfTokens(words, encode)
          return parts && { input: 'input_ids', parts }
        },
      }
    },
    contentKey: (text) => text,
    prepare: encode,
    cost: (ids) => ids.length,
    takeNotices: () => notices.take(),
    review(text) {
      if (mayBeOdd(text, maxTokens)) encode(text)
      else notices.english(text)
    },
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
    forTransformers: () => tokensForTransformers(exportedSentencePiece(pieces, maxTokens, collapses)),
    forOnnx: () => tokensForOnnx(exportedSentencePiece(pieces, maxTokens, collapses)),
  }
}

/** Pieces with an id that stand for no text: unknown, the ends of a sentence, and spare ones. */
const reserved = 6

/**
 * The same pieces as a Unigram model of Hugging Face's tokenizers. Both take the likeliest path; of paths that are equally likely,
 * such as `!!!! !` and `! !!!!`, Hugging Face's takes another one.
 */
function exportedSentencePiece(pieces: Pieces, maxTokens: number, collapses: boolean): ExportedTokenizer {
  const [[unknownPiece] = ['']] = pieces
  return {
    tokenizer: {
      version: '1.0',
      ...cutAndFilled(maxTokens, { id: unknown, token: unknownPiece }),
      added_tokens: [],
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'NFKC' },
          ...(collapses
            ? [
                { type: 'Replace', pattern: { Regex: `${spaces.source}+` }, content: ' ' },
                { type: 'Replace', pattern: { Regex: '^ | $' }, content: '' },
              ]
            : []),
          { type: 'Prepend', prepend: separator },
          { type: 'Replace', pattern: { String: ' ' }, content: separator },
        ],
      },
      // The original never takes a smiley as one piece where a text begins with it: its score is 0, as of what no path leads to.
      pre_tokenizer: {
        type: 'Split',
        pattern: { Regex: `(?<![\\s\\S])${separator}(?=:)` },
        behavior: 'Isolated',
        invert: false,
      },
      post_processor: null,
      decoder: { type: 'Metaspace', replacement: separator, prepend_scheme: 'always', split: false },
      model: {
        type: 'Unigram',
        unk_id: unknown,
        vocab: pieces.map(([piece, score], id) => [piece, id < reserved ? neverTaken : score]),
        byte_fallback: false,
      },
    },
    config: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      model_max_length: maxTokens,
      unk_token: unknownPiece,
      pad_token: unknownPiece,
      padding_side: 'right',
    },
  }
}

/** Score of a piece that is on no likeliest path. */
const neverTaken = -1000

/** White space that NFKC leaves: the same in JavaScript and where an exported tokenizer runs. */
const spaces = /[\t\n\v\f\r \u0085\u1680\u2028\u2029]/
const runOfSpaces = new RegExp(`${spaces.source}+`, 'g')

/** At most `count` words of a text, normalized, a separator before each, and whether that is all of it. */
function firstWords(text: string, count: number, collapses: boolean): { words: string; isWhole: boolean } {
  // 128 pieces cover at most 2,048 characters, only unknown characters more.
  const all = readableText(text).normalize('NFKC')
  const normalized = collapses ? all.replaceAll(runOfSpaces, ' ').replaceAll(/^ | $/g, '') : all
  const isWhole = text.length <= longestText
  if (normalized === '') return { words: '', isWhole }
  const words = separator + normalized.replaceAll(' ', separator)
  let end = 0
  for (let word = 0; word < count; word++) {
    end = words.indexOf(separator, end + 1)
    if (end === -1) return { words, isWhole }
  }
  return { words: words.slice(0, end), isWhole: false }
}

const vocabularyName = 'vocab.json'

/** Makes the preprocessing of a saved model again. */
export const sentencePieceLoader = loaderOf('use-sentencepiece/2', 'collapsed')

/** That of models that were trained while white space was kept, so that they answer as they did. */
export const sentencePieceLoader1 = loaderOf('use-sentencepiece/1', 'kept')

function loaderOf(id: string, whiteSpace: 'collapsed' | 'kept'): PreprocessingLoader<string> {
  return {
    id,
    load(config, files) {
      const vocabulary = files.get(vocabularyName)
      const { maxTokens } = config
      if (vocabulary && isLength(maxTokens)) return sentencePiece({ vocabulary, maxTokens, whiteSpace })
      const got = `files ${[...files.keys()].join(', ')} and settings ${JSON.stringify(config)}`
      const expected = `${vocabularyName} and the setting maxTokens`
      throw new DataError('saved tokenizer', expected, got, 'Train the model again.')
    },
  }
}

type Pieces = readonly (readonly [piece: string, score: number])[]

function parseVocabulary(bytes: Uint8Array): Pieces {
  const problem = (got: string): DataError =>
    new DataError('SentencePiece vocabulary', 'a JSON list of [piece, score]', got, 'Use the vocabulary of the model.')
  let pieces: unknown
  try {
    pieces = parseJsonText(new TextDecoder().decode(bytes))
  } catch {
    throw problem('no JSON')
  }
  const isPiece = (one: unknown): boolean =>
    Array.isArray(one) && one.length === 2 && typeof one[0] === 'string' && one[0] !== '' && typeof one[1] === 'number'
  if (!Array.isArray(pieces) || !pieces.every(isPiece)) throw problem('something else')
  const list = pieces as Pieces
  const long = list.find(([piece]) => piece.length > longestPossible)
  if (long) throw problem(`a piece of ${long[0].length} characters`)
  const crossing = list.find(([piece]) => piece.lastIndexOf(separator) > 0)
  if (crossing) throw problem(`the piece "${crossing[0]}", which reaches over the beginning of a word`)
  if (!list.some(([piece]) => piece === separator)) throw problem(`no piece "${separator}"`)
  return list
}
