import { InputError, type LoadOptions, type ShownExplanation, startRun } from '@headstart/core'
import { RequestError } from '../http/request-error.js'
import { collectGarbage } from './collect-garbage.js'
import { Batcher, type BatchLimits } from './batcher.js'
import type { AnyTrained, ModelSource, OpenedModel } from './model-source.js'

/** What happens to a model, for its log and its figures. */
export interface ModelEvents {
  /** `count` questions were answered together. */
  batch?(model: string, count: number, seconds: number): void
  /** Another one took its place. */
  swapped?(model: string): void
  /** What was put in its place cannot be opened; the one before goes on. */
  refused?(model: string, cause: unknown): void
}

/** A model as it is now, for as long as somebody works with it. */
interface Lease extends OpenedModel {
  /** Counts those that had its place. */
  readonly generation: number
  readonly version: string | undefined
  users: number
  isOver: boolean
}

/** A model that is asked in company. */
export interface AskedModel extends OpenedModel {
  /** How often it was replaced, from 1 on. */
  readonly generation: number
  /**
   * Answers in the order of the queries, each of which is one of `task.query`, or why it is none.
   * @param asking Options of `Trained.asks`, the same for all of them.
   * @throws RequestError where too many wait; the reason of the signal.
   */
  ask(queries: readonly unknown[], asking: object, signal: AbortSignal): Promise<unknown[]>
  /** Why it answers as it does; one at a time, in turn with the answers. */
  explain(query: unknown, label: string | undefined, signal: AbortSignal): Promise<ShownExplanation>
}

interface Question {
  readonly lease: Lease
  readonly query: unknown
  /** Options of `Trained.asks`, or what to explain. */
  readonly asking: object
  readonly explains: boolean
}

/** A model that is asked over the network: in batches, and replaced while it answers. */
export class ServedModel {
  readonly name: string
  readonly #source: ModelSource
  readonly #options: LoadOptions
  readonly #events: ModelEvents
  readonly #batcher: Batcher<Question, unknown>
  #lease: Lease
  #explanations = 0
  #refreshing: Promise<void> | undefined
  /** What could not be opened is tried again when it has changed. */
  #refused: string | undefined
  readonly #closing = new Set<Promise<void>>()

  private constructor(
    source: ModelSource,
    lease: Lease,
    options: LoadOptions,
    limits: BatchLimits,
    events: ModelEvents,
  ) {
    this.name = source.name
    this.#source = source
    this.#lease = lease
    this.#options = options
    this.#events = events
    this.#batcher = new Batcher(`model "${source.name}"`, limits, (questions, signal) =>
      this.#answer(questions, signal),
    )
  }

  /** @throws ModelFolderError and others, as the task's `load`. */
  static async open(
    source: ModelSource,
    options: LoadOptions,
    limits: BatchLimits,
    events: ModelEvents = {},
  ): Promise<ServedModel> {
    const version = await source.version?.()
    const opened = await openedFrom(source, options)
    return new ServedModel(
      source,
      { ...opened, version, generation: 1, users: 1, isOver: false },
      options,
      limits,
      events,
    )
  }

  /** What it is now; to work with it, see `using`. */
  get current(): OpenedModel & { readonly generation: number } {
    return this.#lease
  }

  /** How many questions wait. */
  get waiting(): number {
    return this.#batcher.waiting
  }

  /** @throws RequestError where no more questions are taken now. */
  requireRoom(count?: number): void {
    this.#batcher.requireRoom(count)
  }

  /** Work with the model as it is now, which goes on until that is done, whatever takes its place meanwhile. */
  async using<T>(work: (model: AskedModel) => Promise<T>): Promise<T> {
    const lease = this.#lease
    lease.users++
    try {
      const { task, trained, generation } = lease
      return await work({
        task,
        trained,
        generation,
        ask: (queries, asking, signal) => this.#ask(lease, queries, asking, signal),
        explain: (query, label, signal) => this.#explain(lease, query, label, signal),
      })
    } finally {
      this.#release(lease)
    }
  }

  /** Takes what lies in its place now, where that is another one: beside the old one, which ends after its last answer. */
  async refresh(): Promise<void> {
    await (this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined)))
  }

  /** Ends after the last answer. */
  async close(): Promise<void> {
    await this.#refreshing
    await this.#batcher.idle()
    if (!this.#lease.isOver) this.#retire(this.#lease)
    await Promise.all(this.#closing)
  }

  async #refresh(): Promise<void> {
    const version = await this.#source.version?.()
    if (version === undefined || version === this.#lease.version || version === this.#refused) return
    try {
      const opened = await openedFrom(this.#source, this.#options)
      const old = this.#lease
      this.#lease = { ...opened, version, generation: old.generation + 1, users: 1, isOver: false }
      this.#retire(old)
      this.#events.swapped?.(this.name)
    } catch (cause) {
      this.#refused = version
      this.#events.refused?.(this.name, cause)
    }
  }

  async #ask(lease: Lease, queries: readonly unknown[], asking: object, signal: AbortSignal): Promise<unknown[]> {
    const readable = queries.filter((query) => !(query instanceof InputError))
    const key = `${lease.generation} ${JSON.stringify(asking)}`
    const questions = readable.map((query) => ({ lease, query, asking, explains: false }))
    const answers = (await this.#batcher.submit(key, questions, signal)).values()
    return queries.map((query) => (query instanceof InputError ? query : answers.next().value))
  }

  async #explain(
    lease: Lease,
    query: unknown,
    label: string | undefined,
    signal: AbortSignal,
  ): Promise<ShownExplanation> {
    if (!lease.trained.explain) {
      throw new RequestError(404, `model "${this.name}"`, 'one that can say why', 'another one')
    }
    const question = { lease, query, asking: { label }, explains: true }
    const [explanation] = await this.#batcher.submit(`explain ${++this.#explanations}`, [question], signal)
    return explanation as ShownExplanation
  }

  async #answer(questions: readonly Question[], signal: AbortSignal): Promise<readonly unknown[]> {
    const [{ lease, query, asking, explains } = unasked()] = questions
    const { trained } = lease
    // Also where all who asked have gone away.
    lease.users++
    try {
      if (explains) return [await trained.explain?.(query, { ...asking, signal })]
      const queries = questions.map((question) => question.query)
      const start = performance.now()
      const answers = await answersOf(trained, queries, asking, signal)
      this.#events.batch?.(this.name, queries.length, (performance.now() - start) / 1000)
      return answers
    } finally {
      this.#release(lease)
    }
  }

  #release(lease: Lease): void {
    if (--lease.users > 0) return
    const closing = lease.trained
      .close()
      .catch((cause: unknown) => this.#events.refused?.(this.name, cause))
      .finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }

  /** It is closed when nobody waits for its answers any more. */
  #retire(lease: Lease): void {
    lease.isOver = true
    this.#release(lease)
  }
}

async function openedFrom(source: ModelSource, options: LoadOptions): Promise<OpenedModel> {
  const opened = await source.open(options)
  // One that was there already left nothing behind, and has answered.
  if (!source.version) return opened
  // What loading left, and below what making its network ready did: at its peak both would be there.
  collectGarbage()
  const { task, trained } = opened
  // Its network is made ready before somebody waits for it; one that does not run takes nobody's place.
  const sample = task.query.safeParse(task.sample?.query)
  try {
    if (task.sample && sample.success) await trained.ask([sample.data])
  } catch (cause) {
    await trained.close()
    throw cause
  }
  collectGarbage()
  return opened
}

function answersOf(
  trained: AnyTrained,
  queries: readonly unknown[],
  asking: object,
  signal: AbortSignal,
): Promise<unknown[]> {
  const isPlain = Object.values(asking).every((value) => value === undefined)
  return isPlain || !trained.asks
    ? trained.ask(queries, { signal })
    : trained.asks.run(queries, asking, startRun({ signal }))
}

function unasked(): never {
  throw new RangeError('a batch without questions')
}
