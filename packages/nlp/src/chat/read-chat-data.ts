import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Example, InputError } from '@headstart/core'
import {
  checkFile,
  type Columns,
  DataError,
  formatOf,
  mostOfText,
  parseJsonText,
  readRegularFile,
  readRows,
  toFileError,
} from '@headstart/core/kit'
import { readTextDataset, type ReadTextDatasetOptions, readTexts } from '../data/read-text-dataset.js'
import { ChatData } from './chat-data.js'
import { noScript, parsedScript, type Script, type ScriptInput } from './script.js'

/** Options of `readChatData`. */
export interface ReadChatDataOptions extends Omit<ReadTextDatasetOptions<'classification'>, 'kind'> {
  /** File of the answers, with the columns `label` and `answer`. Default: `answers.csv` (.tsv, .jsonl) beside the texts, where there is one. */
  readonly answers?: string | undefined
  /** File of the script: slots, wording, answers. Default: `chat.json` beside the texts, where there is one. */
  readonly script?: string | undefined
}

/** Names of columns, in small letters. */
const [labelNames, answerNames] = [
  ['label', 'intent'],
  ['answer', 'answers', 'response', 'reply', 'antwort', 'réponse', 'respuesta', 'risposta', 'antwoord', 'resposta'],
]
/** Beside the texts. */
const answerFiles = ['answers.csv', 'answers.tsv', 'answers.jsonl']
export const scriptFile = 'chat.json'
/** Files that are read with the texts beside them. */
export const chatFiles: readonly string[] = [...answerFiles, scriptFile]

/**
 * Reads what people write and what is said to it: texts with their intents, as `readTextDataset` reads them; the answers in a column of
 * the same file, in a file of their own, or in the script, several of an intent being alternatives. Of a file of questions and answers
 * alone each question is an intent of its own; those with the same answer are one, named after the first.
 * @throws DataError, with path and line, for what cannot be read as such; FileError when a file cannot be read.
 */
export async function readChatData(path: string, options: ReadChatDataOptions = {}): Promise<ChatData> {
  const { onNotice = () => {}, labelColumn, asItIs } = options
  const columns = await columnsIn(path, options)
  const learned = options.columns?.label
  const own = learned !== undefined && columns.includes(learned) ? learned : named(columns, labelNames)
  const [label, answer] = [labelColumn ?? own, named(columns, answerNames)]
  const answers = new Answers()
  let examples: readonly Example<string>[]
  let name = basename(path)
  let places: Columns | undefined
  if (label === undefined && answer !== undefined) {
    onNotice(`${path}: no column label: its rows are questions and answers, each an intent of its own.`)
    examples = await questionsIn(path, answer, answers, options)
  } else {
    const data = await readTextDataset(path, options)
    ;({ examples, name, columns: places } = data)
    if (label !== undefined && answer !== undefined) await readAnswers(path, label, answer, answers, options)
  }
  const folder = dirname(path)
  const separate = options.answers ?? answersBeside(folder, path)
  if (separate !== undefined) await readTableOfAnswers(separate, answers)
  const script = await readScript(options.script ?? join(folder, scriptFile), options.script !== undefined)
  for (const [intent, all] of Object.entries(script.answers)) for (const one of all) answers.add(intent, one)
  return new ChatData(examples, {
    name,
    columns: places,
    distinctNames: !asItIs,
    script: { ...script, answers: answers.all },
  })
}

/** The table of answers in a folder; undefined where there is none. */
export function answersBeside(folder: string, except = ''): string | undefined {
  return answerFiles.map((file) => join(folder, file)).find((file) => file !== except && existsSync(file))
}

async function readTableOfAnswers(path: string, answers: Answers): Promise<void> {
  const columns = await columnsIn(path, {})
  const { label, answer } = answerColumns(columns)
  if (label === undefined || answer === undefined) {
    const got = `the columns ${columns.map((one) => `"${one}"`).join(', ')}`
    throw new DataError(path, 'the columns label and answer', got, 'Rename them.')
  }
  await readAnswers(path, label, answer, answers, {})
}

/** What the columns of labels and answers are called in a table; undefined where there are none. */
export function answerColumns(columns: readonly string[]): { label: string | undefined; answer: string | undefined } {
  return { label: named(columns, labelNames), answer: named(columns, answerNames) }
}

/** A table of answers by their intents. @throws DataError for a table of other columns. */
export async function answersIn(path: string): Promise<Record<string, string[]>> {
  const answers = new Answers()
  await readTableOfAnswers(path, answers)
  return answers.all
}

/** Answers of each intent, each once. */
class Answers {
  readonly #sets = new Map<string, Set<string>>()

  add(intent: string, answer: string): void {
    const own = this.#sets.get(intent) ?? new Set()
    this.#sets.set(intent, own.add(answer))
  }

  get all(): Record<string, string[]> {
    return Object.fromEntries([...this.#sets].map(([intent, answers]) => [intent, [...answers]]))
  }
}

async function columnsIn(path: string, options: ReadChatDataOptions): Promise<string[]> {
  await checkFile(path)
  const { encoding, signal } = options
  for await (const { cells } of readRows(path, options.format ?? (await formatOf(path)), signal, { encoding }))
    return Object.keys(cells)
  return []
}

function named(columns: readonly string[], names: readonly string[] = []): string | undefined {
  return names.map((name) => columns.find((column) => column.trim().toLowerCase() === name)).find(Boolean)
}

async function readAnswers(
  path: string,
  label: string,
  answer: string,
  answers: Answers,
  { format, encoding, signal }: ReadChatDataOptions,
): Promise<void> {
  for await (const { line, cells } of readRows(path, format ?? (await formatOf(path)), signal, { encoding })) {
    const intent = String(cells[label] ?? '').trim()
    // Where an intent has many texts, its answer stands beside one of them.
    for (const said of [cells[answer] ?? ''].flat()) {
      if (typeof said !== 'string')
        throw new DataError(`${path}:${line}`, 'a text as answer', JSON.stringify(said), 'Correct it.')
      if (said.trim() === '') continue
      if (intent === '') throw new DataError(`${path}:${line}`, 'the intent of an answer', 'an empty cell', 'Name it.')
      answers.add(intent, said.trim())
    }
  }
}

/** Questions and their answers, each its own intent. */
async function questionsIn(
  path: string,
  answer: string,
  answers: Answers,
  options: ReadChatDataOptions,
): Promise<Example<string>[]> {
  const examples: Example<string>[] = []
  const intents = new Map<string, string>()
  for await (const { query, columns } of readTexts(path, options)) {
    if (query instanceof InputError) throw new DataError(query.who, query.expected, query.got, query.remedy)
    const said = String(columns[answer] ?? '').trim()
    if (query.trim() === '' || said === '') {
      const got = `"${query.slice(0, 60)}" and "${said.slice(0, 60)}"`
      throw new DataError(path, 'a question and an answer in each row', got, 'Fill both, or remove the row.')
    }
    const label = intents.get(said) ?? query.trim()
    intents.set(said, label)
    answers.add(label, said)
    examples.push({ input: query, label })
  }
  if (examples.length === 0) throw new DataError(path, 'questions and answers', 'a header and no rows', 'Add some.')
  return examples
}

export async function readScript(path: string, isNamed: boolean): Promise<Script> {
  if (!isNamed && !existsSync(path)) return noScript
  const text = await readRegularFile(path, mostOfText).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  let json: unknown
  try {
    json = parseJsonText(new TextDecoder().decode(text))
  } catch (cause) {
    throw new DataError(path, 'JSON', (cause as Error).message, 'Correct it.', { cause })
  }
  return parsedScript(path, json as ScriptInput)
}
