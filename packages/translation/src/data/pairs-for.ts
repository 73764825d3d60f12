import type { TrainEvent } from '@headstart/core'
import { are, counted, DataError } from '@headstart/core/kit'
import { languageOf } from '../files/language-of.js'
import { languageName, likelierOf } from './language.js'
import type { Catalog, Languages, Pair, TranslationData } from './pair.js'
import { joined } from './read-pairs.js'

/** Options of `pairsFor`. */
export interface PairsForOptions {
  /** What the translator is for, where that is known. */
  readonly languages: Languages | undefined
  /** Fewest pairs. Default 1. */
  readonly least?: number | undefined
  readonly onEvent?: ((event: TrainEvent) => void) | undefined
}

/**
 * The pairs of data, for a translator: of catalogs those of its languages. Pairs without source or target, and copies, are left out, and
 * this is said.
 * @throws DataError where its languages are not there, sources and targets stand the wrong way round, or too few pairs are left.
 */
export function pairsFor(data: TranslationData, { languages, least = 1, onEvent }: PairsForOptions): Pair[] {
  const notice = (message: string): void => onEvent?.({ type: 'notice', message: `${data.name}: ${message}` })
  const all = data.catalogs ? ofCatalogs(data, data.catalogs, languages) : data.pairs
  const told = all.filter(({ source, target }) => source.trim() !== '' && target.trim() !== '')
  if (told.length < all.length)
    notice(
      `${counted(all.length - told.length, 'pair')} without source or target ${are(all.length - told.length)} left out.`,
    )
  const pairs = [...new Map(told.map((pair) => [JSON.stringify([pair.source, pair.target]), pair])).values()]
  if (pairs.length < told.length)
    notice(
      `${counted(told.length - pairs.length, 'copy', 'copies')} of pairs ${are(told.length - pairs.length)} left out.`,
    )
  if (pairs.length < least) {
    const expected = `at least ${counted(least, 'pair')} of source and target`
    const remedy =
      least === 1
        ? 'Fill in targets.'
        : 'Add pairs; single terms are what a glossary is for (option glossary; on the command line: translate --glossary).'
    throw new DataError(data.name, expected, String(pairs.length), remedy)
  }
  if (languages) requireOrder(data, pairs, languages)
  return pairs
}

function ofCatalogs(
  { name, languages: asked }: TranslationData,
  catalogs: ReadonlyMap<string, Catalog>,
  languages: Languages | undefined,
): Pair[] {
  const [source, target] = [asked?.source ?? languages?.source, asked?.target ?? languages?.target]
  const have = [...catalogs.keys()].join(', ')
  if (source === undefined || target === undefined) {
    const remedy =
      'Say them: options sourceLanguage and targetLanguage (on the command line: --source-language, --target-language).'
    throw new DataError(name, 'to know which languages are meant', have, remedy)
  }
  const of = (tag: string): Catalog => {
    const found = catalogs.get(tag) ?? [...catalogs].find(([own]) => languageOf(own) === languageOf(tag))?.[1]
    if (found) return found
    throw new DataError(
      name,
      `texts in ${languageName(tag)} (${tag})`,
      `those of ${have}`,
      'Add them, or use another translator.',
    )
  }
  return joined(of(source), of(target))
}

/** @throws DataError where the sources are in the language of the targets, and the other way round. */
function requireOrder({ name }: TranslationData, pairs: readonly Pair[], languages: Languages): void {
  const sources = likelierOf(
    pairs.map(({ source }) => source),
    languages,
  )
  const targets = likelierOf(
    pairs.map(({ target }) => target),
    languages,
  )
  if (sources !== languages.target || targets !== languages.source) return
  const expected = `sources in ${languageName(languages.source)} and targets in ${languageName(languages.target)}`
  const got = `what reads like ${languageName(sources)} and ${languageName(targets)}`
  throw new DataError(name, expected, got, 'Swap the two sides, or use a translator for the other direction.')
}
