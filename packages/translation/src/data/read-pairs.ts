import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { InputError } from '@headstart/core'
import {
  DataError,
  formatOf,
  isTable,
  readInputs,
  readRegularFile,
  readRows,
  tableColumns,
  toFileError,
} from '@headstart/core/kit'
import { jsonCatalog } from './json-catalog.js'
import { languageOf } from '../files/language-of.js'
import { languageColumns } from './language-columns.js'
import type { Catalog, Languages, Pair, TranslationData } from './pair.js'
import { poCatalog } from './po-catalog.js'
import { tmxCatalogs } from './tmx.js'

/** Options of `readTranslationData`. */
export interface ReadTranslationOptions {
  /** Column of the sources. Default: `source`, or a like name, which is said. */
  readonly sourceColumn?: string | undefined
  /** Column of the targets. Default: `target`, or a like name. */
  readonly targetColumn?: string | undefined
  /** Of catalogs, the language of the sources. Default: that of the translator. */
  readonly sourceLanguage?: string | undefined
  /** Of catalogs, the language of the targets. Default: that of the translator. */
  readonly targetLanguage?: string | undefined
  readonly onNotice?: ((message: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Usual names of the column of sources, beside `source`. */
export const sourceNames = ['src', 'original', 'text', 'en', 'english']
const targetNames = ['tgt', 'translation', 'translated', 'trg', 'reference']
const endings: ReadonlySet<string> = new Set(['.json', '.po'])

/**
 * Reads texts with their translations: a table with the columns `source` and `target`, or with columns that are named by languages (`en`,
 * `de`); a catalog of gettext; a translation memory; a
 * folder with a catalog for each language (`en.json` and `de.json`, `en/*.po` and `de/*.po`); or a folder with the tables `train` and
 * `test`.
 * @throws DataError, with path and line, for what is none of these; FileError for what cannot be read.
 */
export async function readTranslationData(
  path: string,
  options: ReadTranslationOptions = {},
): Promise<TranslationData> {
  const { sourceLanguage, targetLanguage } = options
  const languages: Partial<Languages> = {
    ...(sourceLanguage !== undefined && { source: sourceLanguage }),
    ...(targetLanguage !== undefined && { target: targetLanguage }),
  }
  const found = await stat(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  if (!found.isDirectory()) return { ...(await fromFile(path, options)), languages }
  const names = (await readdir(path)).sort()
  const tableNamed = (part: string): string | undefined =>
    names.find((name) => /^\.(tsv|csv|jsonl|parquet)$/i.test(extname(name)) && basename(name, extname(name)) === part)
  const train = tableNamed('train')
  if (train !== undefined) {
    const test = tableNamed('test')
    return {
      name: path,
      pairs: await fromTable(join(path, train), options),
      ...(test !== undefined && { test: await fromTable(join(path, test), options) }),
    }
  }
  return { name: path, pairs: [], catalogs: await catalogsIn(path, names), languages }
}

async function fromFile(path: string, options: ReadTranslationOptions): Promise<TranslationData> {
  const ending = extname(path).toLowerCase()
  if (ending === '.tmx') return { name: path, pairs: [], catalogs: tmxCatalogs(path, await textOfFile(path)) }
  if (ending === '.po') {
    const { sources, targets } = poCatalog(path, await readRegularFile(path))
    return { name: path, pairs: joined(sources, targets) }
  }
  if (await isTable(path)) {
    const languages = await namedByLanguages(path, options)
    return languages
      ? { name: path, pairs: [], catalogs: await catalogsOfTable(path, languages, options) }
      : { name: path, pairs: await fromTable(path, options) }
  }
  const expected =
    'a table (.csv, .tsv, .jsonl, .parquet), a catalog of gettext (.po), a translation memory (.tmx) or a folder'
  throw new DataError(path, expected, `"${ending}"`, 'Give another file.')
}

async function fromTable(path: string, options: ReadTranslationOptions): Promise<Pair[]> {
  const { sourceColumn, targetColumn, onNotice, signal } = options
  const input = { role: 'source', usualNames: sourceNames, named: sourceColumn }
  const pairs: Pair[] = []
  let column: string | undefined
  let line = 1
  for await (const { query, columns } of readInputs(path, input, { header: true, onNotice, signal })) {
    line++
    column ??= columnOfTargets(path, columns, targetColumn)
    const target = columns[column]
    if (query instanceof InputError) throw query
    pairs.push({ source: query, target: typeof target === 'string' ? target : '' })
  }
  if (pairs.length > 0) return pairs
  throw new DataError(path, 'rows with source and target', 'a header and no rows', 'Add pairs.')
}

/** How much of a table is of use as pairs: the share of its columns; 0 where it has not both sides. */
export async function pairsFit(path: string): Promise<number> {
  const columns = (await tableColumns(path)).map((name) => name.trim().toLowerCase())
  const has = (names: readonly string[]): boolean => names.some((name) => columns.includes(name))
  if (has(['source', ...sourceNames]) && has(['target', ...targetNames])) return 2 / columns.length
  return ((await namedByLanguages(path))?.size ?? 0) / Math.max(columns.length, 1)
}

/** Columns that are named by languages, where there are two or more and none is that of the translations. */
async function namedByLanguages(
  path: string,
  { sourceColumn, targetColumn }: ReadTranslationOptions = {},
): Promise<ReadonlyMap<string, string> | undefined> {
  const columns = await tableColumns(path)
  const isTarget = (name: string): boolean => ['target', ...targetNames].includes(name.trim().toLowerCase())
  if (sourceColumn !== undefined || targetColumn !== undefined || columns.some(isTarget)) return undefined
  const languages = languageColumns(columns)
  return languages.size > 1 ? languages : undefined
}

/** The texts of each column, by the numbers of their rows. */
async function catalogsOfTable(
  path: string,
  languages: ReadonlyMap<string, string>,
  { onNotice, signal }: ReadTranslationOptions,
): Promise<Map<string, Catalog>> {
  const names = [...languages.values()].map((name) => `"${name}"`).join(', ')
  const remedy =
    'name columns (options sourceColumn and targetColumn; on the command line: --source-column, --target-column)'
  onNotice?.(`${path}: the columns ${names} are taken for texts in these languages. If that is wrong, ${remedy}.`)
  const catalogs = new Map([...languages.keys()].map((language) => [language, new Map<string, string>()]))
  let row = 0
  for await (const { cells } of readRows(path, await formatOf(path), signal, { onNotice })) {
    const key = JSON.stringify([String(++row)])
    for (const [language, column] of languages) {
      const text = cells[column]
      if (typeof text === 'string') catalogs.get(language)?.set(key, text)
    }
  }
  return catalogs
}

function columnOfTargets(path: string, columns: Readonly<Record<string, unknown>>, named: string | undefined): string {
  const names = Object.keys(columns)
  const found =
    named === undefined
      ? ['target', ...targetNames]
          .map((usual) => names.find((name) => name.trim().toLowerCase() === usual))
          .find(Boolean)
      : names.find((name) => name === named)
  if (found !== undefined) return found
  const have = `the columns ${names.map((name) => `"${name}"`).join(', ')}`
  const remedy =
    'Rename the column of the translations, or name it: option targetColumn (on the command line: --target-column).'
  throw new DataError(path, `a column "${named ?? 'target'}"`, have, remedy)
}

/** Catalogs of a folder by language: `de.json`, `messages.de.json`, or the files in `de/`. */
async function catalogsIn(folder: string, names: readonly string[]): Promise<Map<string, Catalog>> {
  const catalogs = new Map<string, Map<string, string>>()
  const add = async (language: string, path: string, prefix: readonly string[]): Promise<void> => {
    const catalog = catalogs.get(language) ?? new Map<string, string>()
    catalogs.set(language, catalog)
    for (const [key, text] of await readCatalog(path)) {
      catalog.set(JSON.stringify([...prefix, ...(JSON.parse(key) as string[])]), text)
    }
  }
  for (const name of names) {
    const path = join(folder, name)
    const isFolder = (await stat(path)).isDirectory()
    const files = isFolder ? (isTag(name) ? (await readdir(path)).sort().map((file) => `${name}/${file}`) : []) : [name]
    for (const file of files) {
      const place = catalogPlace(file)
      if (place) await add(place.language, join(folder, file), place.prefix)
    }
  }
  if (catalogs.size >= 2) return catalogs
  const got =
    catalogs.size === 1 ? `one of "${[...catalogs.keys()][0]}"` : names.slice(0, 5).join(', ') || 'an empty folder'
  const remedy = 'Name each file or folder after its language: en.json and de.json.'
  throw new DataError(folder, 'catalogs of two languages or more (.json, .po), or a table named train', got, remedy)
}

/** Of which language a catalog is, by the path of its file, and what its keys stand below; undefined for a file of another name. */
export function catalogPlace(path: string): { language: string; prefix: readonly string[] } | undefined {
  if (!endings.has(extname(path))) return undefined
  const [name = '', above = ''] = path.split('/').toReversed()
  if (isTag(above)) return { language: above, prefix: [name] }
  const stem = basename(name, extname(name))
  const [, before = '', tag = stem] = /^(.+)[._]([a-z]{2,3}(?:[-_][A-Za-z]{2,4})?)$/.exec(isTag(stem) ? '' : stem) ?? []
  return isTag(tag) ? { language: tag, prefix: before === '' ? [] : [before] } : undefined
}

/** Whether a name is that of a language: 'de', 'pt-BR', 'zh_CN'. */
function isTag(name: string): boolean {
  return /^[a-z]{2,3}([-_][A-Za-z]{2,4}){0,2}$/.test(name) && languageOf(name) !== undefined
}

/** The texts of one catalog, by their keys. */
export async function readCatalog(path: string): Promise<Catalog> {
  if (extname(path).toLowerCase() !== '.po') return jsonCatalog(path, await textOfFile(path))
  const { sources, targets } = poCatalog(path, await readRegularFile(path))
  // A template, or the catalog of the language that the program is written in, has its texts as keys.
  return [...targets.values()].some((text) => text !== '') ? targets : sources
}

async function textOfFile(path: string): Promise<string> {
  return new TextDecoder().decode(await readRegularFile(path))
}

/** What stands in both catalogs, in the order of the first. */
export function joined(sources: Catalog, targets: Catalog): Pair[] {
  return [...sources].flatMap(([key, source]) => {
    const target = targets.get(key)
    return target === undefined ? [] : [{ source, target }]
  })
}
