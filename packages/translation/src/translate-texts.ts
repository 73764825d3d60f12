import { InputError } from '@headstart/core'
import type { TranslateOptions, Translation } from './contract.js'
import type { TranslatorParts } from './files/open-translator.js'
import type { Demands } from './generation/beam-search.js'
import { generate, type Source } from './generation/generate.js'
import type { Sessions } from './generation/sessions.js'
import { findPlaceholders, placeholderProblems, type PlaceholderOptions } from './placeholders/find-placeholders.js'
import { glossaryProblems, termsIn } from './placeholders/glossary.js'
import { icuMessage } from './placeholders/icu-message.js'
import { repairPlaceholders } from './placeholders/repair-placeholders.js'
import { lines, sentences, splitFurther } from './placeholders/split.js'
import { type Masked, masked } from './placeholders/stand-ins.js'
import { generateOptions } from './translate-options.js'

/** A text in its pieces. */
interface Message {
  readonly pieces: readonly Piece[]
  readonly hasChoices: boolean
  join(texts: readonly string[]): string
}

/** What the model translates in one go. */
interface Piece {
  readonly text: string
  readonly placeholders: readonly string[]
  readonly options: PlaceholderOptions
  readonly terms: readonly (readonly [string, string])[]
  readonly masked: Masked
}

/** Targets of pieces that lack something are searched for again, with so many hypotheses at least. */
const fewestBeams = 2

/** See `Translator.translate`. */
export async function translateTexts(
  parts: TranslatorParts,
  sessions: Sessions,
  texts: readonly string[],
  options: TranslateOptions,
): Promise<Translation[]> {
  const generating = generateOptions(parts, options)
  const special = parts.specialTokens
  const messages = texts.map((text, place) => messageOf(parts, text, place, options))
  // The same words are translated once.
  const pieces = new Map(messages.flatMap((message) => message.pieces.map((piece) => [keyOf(piece), piece] as const)))
  const said = [...pieces].filter(([, piece]) => hasWords(piece))
  const source = (piece: Piece): Source => ({ ids: parts.tokenizer.encodeSource(piece.masked.text) })
  const progress = (done: number): void =>
    options.onProgress?.({ done: Math.floor((done * texts.length) / said.length), total: texts.length })

  const first = await generate(
    sessions,
    special,
    said.map(([, piece]) => source(piece)),
    { ...generating, onDone: progress },
  )
  const targets = new Map(said.map(([key, piece], place) => [key, targetOf(parts, piece, first[place])]))

  const lacking = said.flatMap(([key, piece]) => {
    const demands =
      (targets.get(key)?.problems.length ?? 0) > 0 ? demandsOf(parts, piece, generating.maxLength) : undefined
    return demands ? [{ key, piece, source: { ...source(piece), demands } }] : []
  })
  const second = await generate(
    sessions,
    special,
    lacking.map((one) => one.source),
    { ...generating, beams: Math.max(fewestBeams, generating.beams) },
  )
  lacking.forEach(({ key, piece }, place) => {
    const other = targetOf(parts, piece, second[place])
    if (other.problems.length < (targets.get(key)?.problems.length ?? 0)) targets.set(key, other)
  })

  return messages.map(({ join, pieces: own, hasChoices }) => {
    const found = own.map((piece) => targets.get(keyOf(piece)) ?? { text: piece.text, problems: [] })
    const text = join(found.map((one) => one.text))
    const broken = hasChoices && !icuMessage(text).hasChoices ? ['It is no message of ICU any more.'] : []
    return { text, problems: [...found.flatMap(({ problems }) => problems), ...broken] }
  })
}

/** @throws InputError for what is no text, and for one that is too long and may not be split. */
function messageOf(
  { id, tokenizer, languages, maxLength }: TranslatorParts,
  text: string,
  place: number,
  { keep, glossary = {}, longTexts }: TranslateOptions,
): Message {
  if (typeof text !== 'string') {
    throw new InputError(`text ${place + 1}`, 'a text', JSON.stringify(text) ?? typeof text, 'Leave it out.')
  }
  const fits = (piece: string): boolean => tokenizer.encodeSource(piece).length <= maxLength
  const message = icuMessage(text, languages.to)
  const split = splitFurther(splitFurther(message, lines), (line) => {
    if (longTexts !== 'refuse' || fits(line)) return sentences(line, fits)
    const expected = `at most ${maxLength} tokens, which is what ${id} reads`
    const got = `${tokenizer.encodeSource(line).length}`
    throw new InputError(`text ${place + 1}`, expected, got, "Shorten it, or have it split (longTexts: 'split').")
  })
  const options = { keep, pound: message.hasChoices }
  return {
    join: split.join,
    hasChoices: message.hasChoices,
    pieces: split.pieces.map((piece) => {
      const placeholders = findPlaceholders(piece, options)
      return {
        text: piece,
        placeholders,
        options,
        terms: termsIn(piece, glossary),
        masked: masked(piece, placeholders, tokenizer),
      }
    }),
  }
}

function keyOf({ text, options }: Piece): string {
  return `${options.pound ? '#' : ' '}${text}`
}

/** Whether there is anything to translate beside placeholders, numbers and signs. */
function hasWords({ text, placeholders }: Piece): boolean {
  return /\p{L}/u.test(placeholders.reduce((rest, one) => rest.replace(one, ' '), text))
}

/** A target's text, with its placeholders, and what is wrong with it. */
function targetOf({ tokenizer }: TranslatorParts, piece: Piece, ids: readonly number[] = []): Translation {
  const { placeholders, options, terms, masked: source } = piece
  const said = repairPlaceholders(source.standIns, tokenizer.decode(ids).trim(), {
    ...options,
    keep: [...(options.keep ?? []), ...source.standIns],
  })
  const text = repairPlaceholders(placeholders, source.restore(said), options)
  return {
    text,
    problems: [
      ...(text === '' ? ['Nothing came out.'] : []),
      ...placeholderProblems(placeholders, findPlaceholders(text, options)),
      ...glossaryProblems(terms, text),
    ],
  }
}

/** What placeholders begin, end and are recognized with. */
const signs = ['{', '}', '<', '>', '%', '$', '#', '&']

/** What must be in the target of a piece: its placeholders, and the translations of its terms. */
function demandsOf({ tokenizer }: TranslatorParts, piece: Piece, maxLength: number): Demands {
  const { placeholders, masked: source, terms, options } = piece
  const phrases = [...source.standIns, ...terms.map(([, target]) => target)].flatMap((text) => {
    const ids = tokenizer.encodeInside(text)
    // The space before a word is a token of its own where it is no part of one; a phrase can stand without.
    const phrase = tokenizer.decode(ids.slice(0, 1)).trim() === '' ? ids.slice(1) : ids
    return phrase.length === 0 || phrase.includes(tokenizer.unknown ?? -1) ? [] : [phrase]
  })
  const rest = placeholders.reduce((text, one) => text.replace(one, ''), piece.text)
  const reserved = signs.filter((sign) => !rest.includes(sign) && (sign !== '#' || options.pound))
  return {
    phrases,
    reserved: new Set(reserved.flatMap((sign) => tokenizer.idsWith(sign))),
    maxLength: Math.min(maxLength, 2 * tokenizer.encodeSource(source.text).length + phrases.flat().length + 8),
  }
}
