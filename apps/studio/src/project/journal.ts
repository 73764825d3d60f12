import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from '@headstart/core'
import { readRegularFile, toFileError, writeFileAtomically } from '@headstart/core/kit'
import * as z from 'zod'

const place = z.object({ label: z.string().nullable() }).nullable()
const change = z.object({ id: z.string(), from: place, to: place }).readonly()
const line = z.union([
  z.object({ number: z.number(), what: z.string(), changes: z.array(change).readonly() }),
  z.object({ undo: z.number() }),
  z.object({ redo: z.number() }),
  /** What was said in the line before is in the files. */
  z.object({ done: z.literal(true) }),
  /** It was refused. */
  z.object({ refused: z.literal(true) }),
])

/** What was done to some examples. */
export interface Entry {
  readonly number: number
  /** In words: '"Great!" labeled positive'. */
  readonly what: string
  readonly changes: readonly { readonly id: string; readonly from: Place; readonly to: Place }[]
}

/** Entries that can be undone. */
const most = 1000

/**
 * What was done, on the disk before it is done: so that it can be undone after a reload or a kill, and what a kill interrupted is ended.
 * Lines of JSON in `journal.jsonl` of the project.
 */
export class Journal {
  readonly #path: string
  readonly #done: Entry[] = []
  readonly #undone: Entry[] = []
  #number = 0
  #before = ''
  /** What was begun and is perhaps not in the files. */
  #open: { readonly entry: Entry; readonly way: 'to' | 'from'; refuse(): void } | undefined

  private constructor(path: string) {
    this.#path = path
  }

  static async open(folder: string): Promise<Journal> {
    const journal = new Journal(join(folder, 'journal.jsonl'))
    const text = await readRegularFile(journal.#path).then(String, () => '')
    // What is written next begins a line.
    journal.#before = text === '' || text.endsWith('\n') ? '' : '\n'
    let lines = 0
    for (const one of text.split('\n')) {
      const parsed = line.safeParse(jsonOf(one))
      // The last line of a process that was killed.
      if (!parsed.success) continue
      lines++
      journal.#take(parsed.data)
    }
    // One that says more than can be undone is written anew.
    if (lines > 4 * most) {
      const kept = journal.#done.map((entry) => `${JSON.stringify(entry)}\n{"done":true}\n`).join('')
      await writeFileAtomically(journal.#path, Buffer.from(kept)).catch(() => {})
    }
    return journal
  }

  /** What a killed process left half done: to be done once more. */
  get left(): { readonly entry: Entry; readonly way: 'to' | 'from' } | undefined {
    return this.#open
  }
  get undo(): Entry | undefined {
    return this.#done.at(-1)
  }
  get redo(): Entry | undefined {
    return this.#undone.at(-1)
  }

  /** Says what is going to be done, or was. */
  async begin(what: string, changes: Entry['changes']): Promise<void> {
    await this.#write({ number: ++this.#number, what, changes })
  }
  async beginUndo(entry: Entry): Promise<void> {
    await this.#write({ undo: entry.number })
  }
  async beginRedo(entry: Entry): Promise<void> {
    await this.#write({ redo: entry.number })
  }
  /** Does what was said, and says that it is done. */
  async end<T>(work: () => Promise<T>): Promise<T> {
    try {
      const outcome = await work()
      await this.#write({ done: true })
      return outcome
    } catch (error) {
      await this.#write({ refused: true })
      throw error
    }
  }

  async #write(one: z.output<typeof line>): Promise<void> {
    try {
      await appendFile(this.#path, `${this.#before}${JSON.stringify(one)}\n`, { flush: true })
      this.#before = ''
    } catch (error) {
      throw toFileError(error, this.#path, 'write')
    }
    this.#take(one)
  }

  #take(one: z.output<typeof line>): void {
    if ('done' in one) this.#open = undefined
    else if ('refused' in one) {
      this.#open?.refuse()
      this.#open = undefined
    } else if ('number' in one) {
      this.#number = Math.max(this.#number, one.number)
      this.#done.push(one)
      if (this.#done.length > most) this.#done.shift()
      this.#undone.length = 0
      this.#open = { entry: one, way: 'to', refuse: () => void this.#done.pop() }
    } else if ('undo' in one) this.#step(this.#done, this.#undone, 'from')
    else this.#step(this.#undone, this.#done, 'to')
  }

  #step(from: Entry[], to: Entry[], way: 'to' | 'from'): void {
    const entry = from.pop()
    if (!entry) return
    to.push(entry)
    this.#open = { entry, way, refuse: () => void from.push(...to.splice(-1)) }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
