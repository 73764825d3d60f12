/** A toy kind of work: which letter a text begins with. All of it is written out, so that serving is seen to need no more. */
import { mkdtemp, rm, writeFile, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnyTask, InputError, type Trained } from '@headstart/core'
import { shown, step } from '@headstart/core/kit'
import { z } from 'zod'

/** What a toy model answers. */
export interface Letter {
  readonly label: 'vowel' | 'consonant'
  readonly probability: number
  /** Which model it was. */
  readonly by: string
  /** How many were asked together. */
  readonly company: number
}

/** What happened to a toy model. */
export interface ToyLog {
  readonly batches: number[]
  closed: number
  /** Signals that its work was given. */
  readonly signals: (AbortSignal | undefined)[]
}

export interface ToyOptions {
  /** Milliseconds that one batch takes. */
  readonly takes?: number
  /** Called before each batch. */
  readonly before?: () => Promise<void>
}

/** A model that knows vowels. */
export function toyModel(
  by = 'toy',
  { takes = 0, before }: ToyOptions = {},
): {
  trained: Trained<unknown, string, Letter>
  log: ToyLog
} {
  const log: ToyLog = { batches: [], closed: 0, signals: [] }
  const answer = z.object({
    label: z.enum(['vowel', 'consonant']),
    probability: z.number(),
    by: z.string(),
    company: z.int(),
  })
  const ask: Trained<unknown, string, Letter>['ask'] = async (queries, { signal } = {}) => {
    if (log.closed > 0) throw new Error(`${by} is asked after it was closed`)
    log.batches.push(queries.length)
    log.signals.push(signal)
    await before?.()
    if (takes > 0) await new Promise((resolve) => setTimeout(resolve, takes))
    if (log.closed > 0) throw new Error(`${by} was closed while it answered`)
    return queries.map((query) => {
      if (query === 'boom') throw new Error('a secret of the program')
      if (!/^[a-z]/i.test(query))
        return new InputError('input', 'a text that begins with a letter', query, 'Leave it out.')
      const label = /^[aeiou]/i.test(query) ? 'vowel' : 'consonant'
      return { label, probability: 0.9, by, company: queries.length }
    })
  }
  const trained: Trained<unknown, string, Letter> = {
    answer,
    reads: {},
    ask,
    asks: step(asking, async (queries: readonly string[], { shout }, run) =>
      (await ask(queries, run)).map((one) =>
        shout && !(one instanceof Error) ? { ...one, by: one.by.toUpperCase() } : one,
      ),
    ),
    say: ({ label }) => label,
    scores: ({ label, probability }) => [
      { label, score: probability },
      { label: label === 'vowel' ? 'consonant' : 'vowel', score: 1 - probability },
    ],
    explain: async (query, { label = 'vowel' } = {}) => {
      const json = { input: query, label, parts: [{ text: query[0] ?? '', weight: 1 }] }
      return Object.assign(
        shown(json, () => query),
        json,
      ) as never
    },
    measure: () => Promise.reject(new Error('not measured')),
    evaluate: () => Promise.reject(new Error('not evaluated')),
    describe: () => shown({ by }, () => by),
    pack: () => Promise.reject(new Error('not packed')),
    async close() {
      log.closed++
    },
    [Symbol.asyncDispose]: () => trained.close(),
  }
  return { trained, log }
}

const asking = z.object({ shout: z.boolean().optional().describe('in capitals') })
const nothing = step(z.object({}), () => Promise.reject(new Error('not learned')))

/** Its models are folders with a `headstart.json` that says by whom; `opened` has each that was loaded. */
export function toyTask(options: ToyOptions = {}): { task: AnyTask; opened: ReturnType<typeof toyModel>[] } {
  const opened: ReturnType<typeof toyModel>[] = []
  const task = {
    name: 'letters',
    dataHelp: 'nothing',
    verb: 'predict',
    example: 'apple',
    query: z.string(),
    asking,
    read: nothing,
    train: nothing,
    compare: nothing,
    opens: () => true,
    async load(files) {
      const manifest = JSON.parse(new TextDecoder().decode(await files.read('headstart.json'))) as { by: string }
      const model = toyModel(manifest.by, options)
      opened.push(model)
      return model.trained as never
    },
  } as AnyTask
  return { task, opened }
}

/** The same for files: their bytes are texts. */
export function toyFileTask(): AnyTask {
  return { ...toyTask().task, fromBytes: (bytes) => new TextDecoder().decode(bytes) }
}

/** A folder of a toy model, and how another is put in its place, or something that is none. */
export async function toyFolder(by: string): Promise<{
  folder: string
  replace(by: string): Promise<void>
  put(text: string): Promise<void>
  remove(): Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'toy-'))
  const put = async (text: string): Promise<void> => {
    await writeFile(join(folder, 'next.json'), text)
    await rename(join(folder, 'next.json'), join(folder, 'headstart.json'))
  }
  const replace = (next: string): Promise<void> => put(JSON.stringify({ by: next }))
  await replace(by)
  return { folder, replace, put, remove: () => rm(folder, { recursive: true, force: true }) }
}
