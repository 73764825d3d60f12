import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { BenchExample, Brought, LabelKind, Move, Place } from '../contract/bench.js'
import { DataError, HeadstartError } from '../contract/errors.js'
import type { Target } from '../contract/target.js'
import { likelyKinds } from '../data/likely-kinds.js'
import { examplesFit, firstLabels, type InputColumn, isTable, readExamples, readInputs } from '../data/table/index.js'
import { writeFileAtomically } from '../kit/atomic-write.js'
import { errorCode, toFileError } from '../kit/file-error.js'
import { ContentIds } from './content-id.js'
import type { ExampleFiles, Frozen } from './example-files.js'
import { labelProblem, labelWanted, writtenLabel } from './label-problem.js'
import { type BroughtFile, laidOut } from './laid-out.js'
import { type FileRow, RowFile } from './row-file.js'

/** Of new projects, and of data that are no table as it is written here. */
const names = { data: 'data.csv', unlabeled: 'unlabeled.csv', removed: 'removed.csv' }
const usual: TextColumns = { text: 'text', label: 'label' }

/** What differs between tables of texts. */
export interface TableParts {
  /** How the column of the texts is found in a table that somebody brings. */
  readonly input: InputColumn
  /** What texts and labels are called in the tables of the project. Default: `text` and `label`. */
  readonly columns?: TextColumns
  /** Names of further files that are read with the texts, such as what is said to them: who brings one replaces it. Default: none. */
  readonly beside?: readonly string[]
  /** What a label is. Default: one class. */
  readonly kind?: LabelKind
  /** Texts and labels of a file that somebody brings, where it has both. Default: as labeled examples are read. */
  read?(path: string): Promise<readonly TextRow[]>
  /** Whether a file of this name says something with others alone, such as the catalog of a language: `read` takes their folder. Default: none does. */
  isPart?(name: string): boolean
}

/** Names of two columns. */
export interface TextColumns {
  readonly text: string
  readonly label: string
}

/** A text, and its label where it has one. */
export interface TextRow {
  readonly text: string
  readonly label: string | null
}

/**
 * Texts as rows of tables: those with a label in one, those without in another, those that were taken away in a third. One that stands in
 * several of them, because a process was killed between two writes, counts where its label is.
 */
export function tableFiles(folder: string, parts: TableParts): ExampleFiles<string> {
  const { beside = [], columns = usual, kind = 'classification' } = parts
  const { data } = names
  const both = [columns.text, columns.label]
  const labeled = new RowFile(join(folder, data), both)
  const unlabeled = new RowFile(join(folder, names.unlabeled), [columns.text])
  const removed = new RowFile(join(folder, names.removed), both)
  /** Ids of all texts that were ever here: each is hashed once. */
  const known = new Map<string, string>()
  /** What was read last, and from which rows. */
  let last: { readonly from: readonly unknown[]; readonly all: All } | undefined

  async function read(): Promise<All> {
    const from = [await labeled.rows(), await unlabeled.rows(), await removed.rows()] as const
    if (last && from.every((rows, at) => rows === last?.from[at])) return last.all
    const all = allOf(columns, known, ...from)
    // A file that was written anew with the same in it gives the same list.
    const before = last?.all.examples
    const isSame = before?.length === all.examples.length && all.examples.every((one, at) => isLike(one, before[at]))
    last = { from, all: isSame ? { ...all, examples: before } : all }
    return last.all
  }

  /** Makes something else of all rows; once more where another program changed them meanwhile. */
  async function change(make: (all: All) => Next): Promise<void> {
    for (;;) {
      const all = await read()
      const next = make(all)
      const changed = kindsOf.filter(
        (kind) =>
          next[kind].length !== all[kind].length || next[kind].some(({ row }, at) => row !== all[kind][at]?.row),
      )
      if ((await read()) !== all) continue
      // Where something comes to is written first: killed in between, it is there twice and not gone.
      const grown = (kind: TableName): number => next[kind].length - all[kind].length
      for (const kind of changed.toSorted((a, b) => grown(b) - grown(a)))
        await { labeled, unlabeled, removed }[kind].write(next[kind].map(({ row }) => row))
      return
    }
  }

  return {
    files: { data, unlabeled: names.unlabeled },
    async list() {
      return (await read()).examples
    },
    async input(id) {
      return (await read()).byId.get(id)?.row[columns.text]
    },
    async move(moves) {
      for (const { to } of moves) refuse(to, kind)
      const to = new Map(moves.map((move) => [move.id, move.to]))
      await change((all) => {
        const next: Next = { labeled: [], unlabeled: [], removed: [] }
        for (const kind of kindsOf)
          for (const entry of all[kind]) {
            const place = to.get(entry.id)
            const [where, row] = place === undefined ? [kind, entry.row] : placed(columns, entry.row, place)
            // One that stays in its table stays in its row.
            next[where].push({ id: entry.id, row })
          }
        return next
      })
      const { byId } = await read()
      return moves.filter(({ id }) => !byId.has(id)).map(({ id }) => id)
    },
    async add(brought) {
      const refused: { name: string; message: string }[] = []
      const wanted: TextRow[] = []
      const taken = await withoutParts(brought, parts, wanted, refused)
      for (const one of taken) {
        try {
          const name = 'name' in one ? basename(one.name) : ''
          if ('bytes' in one && beside.includes(name)) {
            await writeFileAtomically(join(folder, name), one.bytes)
            continue
          }
          for (const row of await rowsOf(one, parts)) {
            const problem = problemOf(row, kind)
            if (problem === undefined) wanted.push(row)
            else refused.push({ name: row.text.slice(0, 80), message: problem })
          }
        } catch (error) {
          if (!(error instanceof HeadstartError)) throw error
          refused.push({ name: 'name' in one ? one.name : one.text.slice(0, 80), message: error.message })
        }
      }
      let outcome: { added: Move[]; again: Map<string, Place>; doubles: number } | undefined
      await change((all) => {
        const known = new Map(
          kindsOf.toReversed().flatMap((kind) => all[kind].map(({ id, row }) => [row[columns.text], id])),
        )
        const [withLabel, without] = [all.labeled, all.unlabeled].map((some) => textsOf(columns, some)) as [
          Texts,
          Texts,
        ]
        const next = { labeled: [...all.labeled], unlabeled: [...all.unlabeled], removed: [...all.removed] }
        const ids = new ContentIds()
        const now = { added: [] as Move[], again: new Map<string, Place>(), doubles: 0 }
        for (const { text, label } of wanted) {
          if (withLabel.has(text) || (without.has(text) && label === null)) {
            now.doubles++
            continue
          }
          const id = known.get(text)
          // One that lies elsewhere comes from there.
          if (id !== undefined) now.again.set(id, { label })
          else {
            const [where, row] = placed(columns, { [columns.text]: text }, { label })
            const entry = { id: ids.of(text), row }
            next[where].push(entry)
            now.added.push({ id: entry.id, to: { label } })
            known.set(text, entry.id)
          }
          ;(label === null ? without : withLabel).add(text)
        }
        outcome = now
        return next
      })
      const { added, again, doubles } = outcome as NonNullable<typeof outcome>
      const moves = [...again].map(([id, to]) => ({ id, to }))
      if (moves.length > 0) await this.move(moves)
      return { added: [...added, ...moves], doubles, refused }
    },
    async freeze() {
      const { labeled: entries } = await read()
      const place = await mkdtemp(join(tmpdir(), 'headstart-studio-'))
      for (const name of beside) await copyFile(join(folder, name), join(place, name)).catch(ifMissing)
      const copy = new RowFile(join(place, basename(data)), both)
      const whole = entries.filter(({ row }) => (row[columns.label] ?? '') !== '')
      await copy.write(whole.map(({ row }) => Object.fromEntries(both.map((name) => [name, row[name] ?? '']))))
      return {
        path: copy.path,
        examples: whole.map(({ id, row }) => ({ id, label: row[columns.label] as string })),
        ids(inputs) {
          const ids = new ContentIds()
          return inputs.map((text) => ids.of(String(text)))
        },
        close: () => rm(place, { recursive: true, force: true }),
      } satisfies Frozen
    },
  }
}

/** Tables in a folder that could be data of a project. */
export async function findTables(folder: string): Promise<string[]> {
  const ours = new Set([names.unlabeled, names.removed])
  const found: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile() || ours.has(entry.name) || entry.name.startsWith('.')) continue
    if (/\.(csv|tsv|tab|jsonl|ndjson|parquet)(\.gz)?$/i.test(entry.name) && (await isTable(join(folder, entry.name))))
      found.push(entry.name)
  }
  return found.sort()
}

/** How much of each of these files is of use as texts with labels: see `BenchMaker.fit`. */
export function tablesFit(folder: string, names: readonly string[], input: InputColumn): Promise<readonly number[]> {
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      if (/\.txt$/i.test(name) && !(await isTable(path))) return linesFit
      return examplesFit(path, input)
    }),
  )
}

/** What the labels of these tables seem to be: see `BenchMaker.likelyKinds`. */
export async function tablesKinds(
  folder: string,
  names: readonly string[],
  input: InputColumn,
): Promise<readonly LabelKind[]> {
  const labels = await Promise.all(names.map((name) => firstLabels(join(folder, name), input, mostLooked)))
  return likelyKinds(labels.flat())
}

/** Rows of a table whose labels are looked at. */
const mostLooked = 2000

/** Of lines of text, which have no labels. */
const linesFit = 0.5

/**
 * The files of a new project. Of a table that is there its examples are read into data.csv, unless it is that.
 */
export async function createTables(folder: string, parts: TableParts, found: string | undefined): Promise<void> {
  const { columns = usual } = parts
  if (found !== undefined && found !== names.data) {
    const rows = await labeledRows(join(folder, found), parts)
    const { refused } = await tableFiles(folder, parts).add(rows)
    const [first] = refused
    if (first) throw new DataError(found, 'texts and labels', first.message, 'Correct it.')
  }
  // What is there must be such a table; what is not there is written.
  for (const [name, own] of [
    [names.data, [columns.text, columns.label]],
    [names.unlabeled, [columns.text]],
  ] as const) {
    const file = new RowFile(join(folder, name), own)
    if ((await file.rows()).length === 0) await file.write([])
  }
}

/** In the order in which an example that stands in several of them counts. */
const kindsOf = ['labeled', 'unlabeled', 'removed'] as const
type TableName = (typeof kindsOf)[number]
interface Entry {
  readonly id: string
  readonly row: FileRow
}
type Next = Record<TableName, Entry[]>
interface All extends Readonly<Record<TableName, readonly Entry[]>> {
  readonly byId: ReadonlyMap<string, Entry>
  readonly examples: readonly BenchExample[]
}

function isLike(a: BenchExample, b: BenchExample | undefined): boolean {
  return a.id === b?.id && a.label === b.label
}

type Texts = Set<string | undefined>

function textsOf(columns: TextColumns, entries: readonly Entry[]): Texts {
  return new Set(entries.map(({ row }) => row[columns.text]))
}

function allOf(
  columns: TextColumns,
  hashes: Map<string, string>,
  labeled: readonly FileRow[],
  unlabeled: readonly FileRow[],
  removed: readonly FileRow[],
): All {
  const ids = new ContentIds(hashes)
  const entryOf = (row: FileRow): Entry => ({ id: ids.of(row[columns.text] ?? ''), row })
  const first = labeled.map(entryOf)
  const known = textsOf(columns, first)
  // Killed between two writes.
  const second = unlabeled.filter((row) => !known.has(row[columns.text])).map(entryOf)
  const third = removed.map(entryOf)
  const exampleOf = ({ id, row }: Entry): BenchExample => {
    const label = row[columns.label] ?? ''
    return { id, label: label === '' ? null : label, shown: { type: 'text', text: row[columns.text] ?? '' } }
  }
  return {
    labeled: first,
    unlabeled: second,
    removed: third,
    byId: new Map([...first, ...second, ...third].map((entry) => [entry.id, entry])),
    examples: [...first.map(exampleOf), ...second.map((entry) => ({ ...exampleOf(entry), label: null }))],
  }
}

/** Characters of one example. */
const longest = 1_000_000

/** Why a row cannot be an example, in a sentence. */
function problemOf({ text, label }: TextRow, kind: LabelKind): string | undefined {
  if (text.length > longest)
    return `text: expected at most ${longest} characters, got ${text.length}. Bring it in parts.`
  const problem = label === null ? undefined : labelProblem(label, kind)
  return problem === undefined ? undefined : `label: expected ${labelWanted[kind]}, got ${problem}. Correct it.`
}

/** @throws FileError for any other reason. */
function ifMissing(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw toFileError(error, 'the copy to learn from', 'write')
}

/** The table that a row belongs in, and the row as it stands there. */
function placed({ label }: TextColumns, row: FileRow, place: Place): [TableName, FileRow] {
  if (place === null) return ['removed', row]
  if (place.label === null) return ['unlabeled', row]
  return ['labeled', row[label] === place.label ? row : { ...row, [label]: place.label }]
}

/** @throws DataError for a label that cannot be one. */
function refuse(to: Place, kind: LabelKind): void {
  const problem = to?.label === null || to === null ? undefined : labelProblem(to.label, kind)
  if (problem !== undefined) throw new DataError('label', labelWanted[kind], problem, 'Choose another one.')
}

/** A label as it stands in a cell; of a list that is empty none: whoever means that says `[]`. */
function cellOf(label: Target): string | null {
  return typeof label === 'object' && label.length === 0 ? null : writtenLabel(label)
}

/** Of a file that has both. */
async function labeledRows(path: string, parts: TableParts): Promise<readonly TextRow[]> {
  const { input, kind = 'classification', read } = parts
  if (read) return read(path)
  // A text is written as the name of a class is.
  const { examples } = await readExamples(path, input, { kind: kind === 'text' ? 'classification' : kind })
  return examples.map(({ input: text, label }) => ({ text, label: cellOf(label) }))
}

/** Reads the files that belong together, and gives the others. */
async function withoutParts(
  brought: readonly Brought[],
  { isPart, read }: TableParts,
  wanted: TextRow[],
  refused: { name: string; message: string }[],
): Promise<readonly Brought[]> {
  const isOne = (one: Brought): boolean => 'bytes' in one && (isPart?.(one.name) ?? false)
  const together = brought.filter(isOne) as BroughtFile[]
  if (together.length === 0 || !read) return brought
  await using place = await laidOut(together)
  try {
    wanted.push(...(await read(place.folder)))
  } catch (error) {
    if (!(error instanceof HeadstartError)) throw error
    const name = together.map((one) => one.name).join(', ')
    const { expected, got, remedy } = error as DataError
    refused.push({ name, message: new DataError(name, expected, got, remedy).message })
  }
  return brought.filter((one) => !isOne(one))
}

/** The rows that somebody brings: of a text one, of a table all, with labels where it has some; of a .txt file its lines. */
async function rowsOf(one: Brought, parts: TableParts): Promise<readonly TextRow[]> {
  const given = one.label
  if ('text' in one) {
    if (one.text.trim() === '') throw new DataError('text', 'some words', 'none', 'Type some.')
    return [{ text: one.text, label: given ?? null }]
  }
  const name = one.name.split('/').at(-1) ?? 'table.csv'
  const place = await mkdtemp(join(tmpdir(), 'headstart-studio-'))
  try {
    const path = join(place, name)
    await writeFile(path, one.bytes)
    const said = (error: unknown): unknown =>
      // As they called it, not where it lay for a moment.
      error instanceof HeadstartError
        ? new DataError(error.who.replace(path, one.name), error.expected, error.got, error.remedy, { cause: error })
        : error
    if (/\.txt$/i.test(name) && !(await isTable(path))) {
      const lines = Buffer.from(one.bytes).toString('utf8').split(/\r?\n/)
      return lines.filter((line) => line.trim() !== '').map((text) => ({ text, label: given ?? null }))
    }
    try {
      const rows = await labeledRows(path, parts)
      return given === undefined ? rows : rows.map(({ text }) => ({ text, label: given }))
    } catch (error) {
      try {
        const rows: TextRow[] = []
        for await (const { query } of readInputs(path, parts.input))
          if (typeof query === 'string' && query.trim() !== '') rows.push({ text: query, label: given ?? null })
        if (rows.length > 0) return rows
      } catch {
        // The first error says more.
      }
      throw said(error)
    }
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}
