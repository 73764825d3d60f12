import { InputError } from '@headstart/core'
import { ifReadable } from '@headstart/core/kit'
import type { SpecialTokens, TranslateOptions, Translation, TranslationTokenizer } from './contract.js'
import type { TranslatorParts } from './files/open-translator.js'
import type { Demands } from './generation/beam-search.js'
import { generate, type GenerateOptions, type Source } from './generation/generate.js'
import type { Sessions } from './generation/sessions.js'
import { findPlaceholders, placeholderProblems, type PlaceholderOptions } from './placeholders/find-placeholders.js'
import { type Glossary, glossaryProblems, termsIn } from './placeholders/glossary.js'
import { icuMessage, isMessage } from './placeholders/icu-message.js'
import { repairPlaceholders } from './placeholders/repair-placeholders.js'
import { around, insideOfSigns, lines, sentences, splitFurther } from './placeholders/split.js'
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
  /** The same for pieces with the same targets. */
  readonly key: string
  readonly placeholders: readonly string[]
  readonly options: PlaceholderOptions
  readonly terms: readonly (readonly [string, string])[]
  readonly masked: Masked
}

/** Targets that lack a term are searched for with so many hypotheses at least. */
const fewestBeams = 2

/** See `Translator.translate`. */
export async function translateTexts(
  parts: TranslatorParts,
  sessions: Sessions,
  texts: readonly string[],
  options: TranslateOptions,
): Promise<(Translation | undefined)[]> {
  const { onUnreadable, onProgress } = options
  const generating = generateOptions(parts, options)
  const attempt: Attempt = async (read) => (onUnreadable ? ifReadable(read) : read())
  const messages = await Promise.all(texts.map((text, place) => attempt(() => messageOf(parts, text, place, options))))
  // The same words are translated once.
  const pieces = new Map(
    messages.flatMap((message) =>
      message instanceof InputError ? [] : message.pieces.map((piece) => [piece.key, piece] as const),
    ),
  )
  const targets = await targetsOf(parts, sessions, [...pieces.values()], {
    ...generating,
    attempt,
    onDone: (share) => onProgress?.({ done: Math.floor(share * texts.length), total: texts.length }),
  })
  return messages.map((message, place) => {
    const said = message instanceof InputError ? message : translationOf(message, targets)
    if (!(said instanceof InputError)) return said
    onUnreadable?.(place, said)
    return undefined
  })
}

/** Does what reads a text; gives the error in its place, where texts that cannot be read are left out. */
type Attempt = <T>(read: () => T) => Promise<T | InputError>

/** What is said of pieces, by their key. */
type Targets = Map<string, Translation | InputError>

/** The error of a message is that of its first piece that has one. */
function translationOf({ join, pieces, hasChoices }: Message, targets: Targets): Translation | InputError {
  const found = pieces.map(({ key }) => targets.get(key) as Translation | InputError)
  const error = found.find((one) => one instanceof InputError)
  if (error) return error
  const said = found as Translation[]
  const text = join(said.map((one) => one.text))
  const broken = hasChoices && !isMessage(text) ? ['It is no message of ICU any more.'] : []
  return { text, problems: [...said.flatMap(({ problems }) => problems), ...broken] }
}

/**
 * Targets of pieces by their key: as the model says them; where a term of the glossary is missing, the best that has it; where
 * placeholders were invented, the best without; where they are not as they were, what stands between them, each by itself.
 */
async function targetsOf(
  parts: TranslatorParts,
  sessions: Sessions,
  pieces: readonly Piece[],
  { onDone, attempt, ...generating }: Generating,
): Promise<Targets> {
  const words = pieces.filter(hasWords)
  const targets: Targets = new Map(
    pieces.filter((piece) => !hasWords(piece)).map(({ key, text }) => [key, { text, problems: [] }]),
  )
  const take = (piece: Piece, target: Translation | InputError, isTaken: IsTaken): void => {
    // What was said of it once stays, where a further attempt fails.
    if (target instanceof InputError ? !targets.has(piece.key) : isTaken(piece, target)) targets.set(piece.key, target)
  }
  const generated = async (
    some: readonly Piece[],
    source: (piece: Piece) => Source,
    further: Partial<GenerateOptions & Pick<SpecialTokens, 'suppressed'>>,
    isTaken: IsTaken,
  ): Promise<void> => {
    const { suppressed = parts.specialTokens.suppressed, ...others } = further
    const special = { ...parts.specialTokens, suppressed }
    const read: { readonly piece: Piece; readonly source: Source }[] = []
    for (const piece of some) {
      const one = await attempt(() => source(piece))
      if (one instanceof InputError) take(piece, one, isTaken)
      else read.push({ piece, source: one })
    }
    const sources = read.map((one) => one.source)
    const ids = await generate(sessions, special, sources, { ...generating, ...others })
    for (const [place, { piece }] of read.entries())
      take(piece, await attempt(() => targetOf(parts, piece, ids[place])), isTaken)
  }
  const sourceOf = ({ masked: source }: Piece): Source => ({ ids: parts.tokenizer.encodeSource(source.text) })
  await generated(words, sourceOf, { onDone: (done) => onDone?.(done / words.length) }, () => true)
  const said = words.filter(({ key }) => !(targets.get(key) instanceof InputError))

  const lacking = said.filter(
    (piece) => piece.terms.length > 0 && glossaryProblems(piece.terms, textOf(targets, piece)).length > 0,
  )
  const demanding = (piece: Piece): Source => ({
    ...sourceOf(piece),
    demands: demandsOf(parts, piece, generating.maxLength),
  })
  const beams = Math.max(fewestBeams, generating.beams)
  await generated(lacking, demanding, { beams }, ({ terms }, { text }) => glossaryProblems(terms, text).length === 0)

  // Nothing in the source begins a placeholder, and yet there is one: what could begin it is not said then.
  const inventive = said.filter((piece) => !hasSigns(piece) && !isKept(piece, textOf(targets, piece)))
  if (inventive.length > 0) {
    const suppressed = [...parts.specialTokens.suppressed, ...parts.tokenizer.idsWith(signs)]
    const isBetter: IsTaken = (piece, { problems }) => problems.length < problemsOf(targets, piece).length
    await generated(inventive, sourceOf, { suppressed }, isBetter)
  }

  const mangled = said.filter((piece) => piece.placeholders.length > 0 && !isKept(piece, textOf(targets, piece)))
  if (mangled.length > 0) {
    const between: { readonly piece: Piece; readonly split: Between }[] = []
    for (const piece of mangled) {
      const split = await attempt(() => betweenPlaceholders(parts, piece))
      if (!(split instanceof InputError)) between.push({ piece, split })
    }
    const some = between.flatMap(({ split }) => split.pieces)
    const inner = await targetsOf(parts, sessions, some, { attempt, ...generating })
    for (const { piece, split } of between) {
      const text = split.join(split.pieces.map((one) => textOf(inner, one)))
      const problems = split.pieces.flatMap((one) => problemsOf(inner, one))
      if (isKept(piece, text) && !split.pieces.some(({ key }) => inner.get(key) instanceof InputError))
        targets.set(piece.key, { text, problems })
    }
  }
  return targets
}

type Generating = Omit<GenerateOptions, 'onDone'> & {
  readonly attempt: Attempt
  readonly onDone?: (share: number) => void
}

/** Whether a target takes the place of the one before. */
type IsTaken = (piece: Piece, target: Translation) => boolean

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
    pieces: split.pieces.map((piece) => pieceOf(piece, options, glossary, tokenizer)),
  }
}

function pieceOf(
  text: string,
  options: PlaceholderOptions,
  glossary: Glossary,
  tokenizer: TranslationTokenizer,
): Piece {
  const placeholders = findPlaceholders(text, options)
  return {
    text,
    key: `${options.pound ? '#' : ' '}${text}`,
    placeholders,
    options,
    terms: termsIn(text, glossary),
    masked: masked(text, placeholders, tokenizer),
  }
}

/** Whether there is anything to translate beside placeholders, numbers, signs, and codes such as E12. */
function hasWords({ text, placeholders }: Piece): boolean {
  const rest = placeholders.reduce((sum, one) => sum.replace(one, ' '), text).trim()
  return /\p{L}/u.test(rest) && !isCode.test(rest)
}

/** One word of capital letters and digits: E12, ISO-8859-1. */
const isCode = /^(?=\S*\p{Lu})(?=\S*\d)[\p{Lu}\d._-]+$/u

/** What placeholders begin with. */
const signs = '{<%$&'

function hasSigns({ text }: Piece): boolean {
  return [...signs].some((sign) => text.includes(sign))
}

function textOf(targets: Targets, { key }: Piece): string {
  const target = targets.get(key)
  return target && 'text' in target ? target.text : ''
}

function problemsOf(targets: Targets, { key }: Piece): readonly string[] {
  const target = targets.get(key)
  return target && 'problems' in target ? target.problems : []
}

/** Whether all placeholders are there as they were. */
function isKept({ placeholders, options }: Piece, target: string): boolean {
  return placeholderProblems(placeholders, findPlaceholders(target, options)).length === 0
}

interface Between {
  readonly pieces: readonly Piece[]
  join(texts: readonly string[]): string
}

/** What stands between the placeholders of a piece. */
function betweenPlaceholders({ tokenizer }: TranslatorParts, { text, placeholders, options, terms }: Piece): Between {
  const split = splitFurther(around(text, placeholders), insideOfSigns)
  const pieces = split.pieces.map((one) => pieceOf(one, options, Object.fromEntries(terms), tokenizer))
  return { pieces, join: split.join }
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

/** That the translations of a piece's terms are in its target. */
function demandsOf({ tokenizer }: TranslatorParts, { masked: source, terms }: Piece, maxLength: number): Demands {
  const phrases = terms.map(([, target]) => tokenizer.encodeInside(target)).filter((phrase) => phrase.length > 0)
  const length = 2 * tokenizer.encodeSource(source.text).length + phrases.flat().length + 8
  return { phrases, maxLength: Math.min(maxLength, length) }
}
