import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Replies } from '@headstart/core'
import { DataError, type FileRow, parseJsonText, RowFile, writeFileAtomically } from '@headstart/core/kit'
import { answerColumns, answersBeside, answersIn, readScript, scriptFile } from './read-chat-data.js'
import type { ScriptInput } from './script.js'

/** Where what is said is written. */
const [fileName, label, answer] = ['answers.csv', 'label', 'answer']
/** Characters of an answer. */
const longest = 10_000

/** What a bot says, as it lies in its folder: in a table of answers, and in its script. What is changed is written to `answers.csv`. */
export function chatReplies(folder: string): Replies {
  const path = join(folder, fileName)
  const script = join(folder, scriptFile)

  /** Of the table in the folder, and of the script. */
  const list = async (): Promise<Record<string, string[]>> => {
    const table = answersBeside(folder)
    const said = table === undefined ? {} : await answersIn(table)
    return merged(said, (await readScript(script, false)).answers)
  }

  /** The rows of `answers.csv`; of a table of another form, which it takes the place of, all that it says. */
  const rowsBefore = async (file: RowFile): Promise<readonly FileRow[]> => {
    const table = answersBeside(folder)
    if (table === undefined || table === path) return file.rows()
    return rowsOf(await answersIn(table))
  }

  return {
    list,
    async write(intent, replies) {
      const said = [...new Set(replies.map((reply) => reply.trim()).filter((reply) => reply !== ''))]
      const long = said.find((reply) => reply.length > longest)
      if (long !== undefined)
        throw new DataError('answer', `at most ${longest} characters`, String(long.length), 'Shorten it.')
      const file = new RowFile(path, [])
      const before = await rowsBefore(file)
      const own = answerColumns(Object.keys(before[0] ?? { label, answer }))
      const [of, says] = [own.label ?? label, own.answer ?? answer]
      const others = before.filter((row) => row[of]?.trim() !== intent)
      const now = said.map((text): FileRow => ({ [of]: intent, [says]: text }))
      await (before.length > 0 ? file : new RowFile(path, [label, answer])).write([...others, ...now])
      await forgetInScript(script, intent)
    },
  }
}

/** Takes the answers of an intent out of the script: they stand in the table now. What else stands there stays. */
async function forgetInScript(path: string, intent: string): Promise<void> {
  const { answers } = await readScript(path, false)
  if (!(intent in answers)) return
  const json = parseJsonText((await readFile(path)).toString()) as { answers?: Record<string, unknown> }
  const { [intent]: _, ...others } = json.answers ?? {}
  await writeFileAtomically(path, Buffer.from(`${JSON.stringify({ ...json, answers: others }, undefined, 2)}\n`))
}

function merged(...all: readonly Readonly<Record<string, readonly string[]>>[]): Record<string, string[]> {
  const intents = [...new Set(all.flatMap((one) => Object.keys(one)))]
  return Object.fromEntries(intents.map((name) => [name, [...new Set(all.flatMap((one) => one[name] ?? []))]]))
}

function rowsOf(said: Readonly<Record<string, readonly string[]>>): FileRow[] {
  return Object.entries(said).flatMap(([intent, texts]) => texts.map((text) => ({ [label]: intent, [answer]: text })))
}

/** What is said as well, such as what stood in a table of texts. */
export async function addReplies(folder: string, said: NonNullable<ScriptInput['answers']>): Promise<void> {
  const replies = chatReplies(folder)
  const before = await replies.list()
  for (const [intent, texts] of Object.entries(said)) {
    const known = before[intent] ?? []
    const fresh = [texts].flat().filter((text) => !known.includes(text))
    if (fresh.length > 0) await replies.write(intent, [...known, ...fresh])
  }
}
