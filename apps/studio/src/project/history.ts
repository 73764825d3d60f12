import { join } from 'node:path'
import * as z from 'zod'
import { run, type Run } from '../api/project.js'
import { readJson, writeJson } from './manifest.js'

/** What a model answered about an example that it did not learn from. */
const heldOut = z.object({
  run: z.string(),
  questions: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      predicted: z.string(),
      probabilities: z.record(z.string(), z.number()),
      familiarity: z.number().nullable(),
      known: z.boolean().nullable(),
      /** By the measure of the training; of projects before it was kept null. */
      score: z.number().nullable().default(null),
    }),
  ),
})
export type HeldOut = z.output<typeof heldOut>

/** The trainings of a project, newest first: `history.json`. Of the last one what it answered while it was judged: `held-out.json`. */
export class History {
  readonly #folder: string
  #runs: readonly StoredRun[]
  #heldOut: HeldOut | undefined

  private constructor(folder: string, runs: readonly StoredRun[], last: HeldOut | undefined) {
    this.#folder = folder
    this.#runs = runs
    this.#heldOut = last
  }

  static async open(folder: string): Promise<History> {
    const runs = (await readJson(join(folder, historyName), z.array(storedRun))) ?? []
    return new History(folder, runs, await readJson(join(folder, heldOutName), heldOut))
  }

  get runs(): readonly StoredRun[] {
    return this.#runs
  }

  /** Of this run; undefined where that is not known any more. */
  heldOutOf(id: string | undefined): HeldOut | undefined {
    return id !== undefined && this.#heldOut?.run === id ? this.#heldOut : undefined
  }

  /** The answers first: a run without them is none to look at. */
  async add(one: StoredRun, answers: HeldOut | undefined): Promise<void> {
    if (answers) await writeJson(join(this.#folder, heldOutName), answers)
    const runs = [one, ...this.#runs].slice(0, most)
    await writeJson(join(this.#folder, historyName), runs)
    this.#runs = runs
    this.#heldOut = answers
  }
}

/** A run, with what tells its model and its data again. */
const storedRun = run.extend({
  /** Of the model's `headstart.json`. */
  model: z.string(),
  /** Of the ids and labels that it learned from. */
  data: z.string(),
})
export type StoredRun = z.output<typeof storedRun>

/** As a page gets it. */
export function publicRun(stored: StoredRun): Run {
  return run.parse(stored)
}

const [historyName, heldOutName] = ['history.json', 'held-out.json']
const most = 500
