import { RequestError, tooBusy } from '../http/request-error.js'

/** How questions are gathered. */
export interface BatchLimits {
  /** Most questions that are answered at once. Default 32. */
  readonly batch: number
  /** Milliseconds for which one waits for company: the first one, and where a batch is under way already, the last one. Default 2. */
  readonly wait: number
  /** Most questions that wait; further ones are refused. Default 256. */
  readonly queue: number
}

interface Waiting<Item, Result> {
  readonly key: string
  readonly item: Item
  readonly since: number
  readonly signal: AbortSignal
  readonly resolve: (result: Result) => void
  readonly reject: (cause: unknown) => void
}

/** Batches that are under way: while the answers of one are sent, the network has the other. */
const atOnce = 2

/**
 * Answers questions that come one by one many at a time. What comes while batches are under way is the next one, so that batches grow
 * with the load.
 */
export class Batcher<Item, Result> {
  readonly #who: string
  readonly #work: (items: readonly Item[], signal: AbortSignal) => Promise<readonly Result[]>
  readonly #limits: BatchLimits
  #waiting: Waiting<Item, Result>[] = []
  /** How many batches are under way. */
  #running = 0
  #timer: NodeJS.Timeout | undefined
  /** Milliseconds that one question takes lately, by which it is said when to come again. */
  #pace = 0
  #idle: (() => void)[] = []

  /** @param work Answers questions of one key, in order. */
  constructor(
    who: string,
    limits: BatchLimits,
    work: (items: readonly Item[], signal: AbortSignal) => Promise<readonly Result[]>,
  ) {
    this.#who = who
    this.#limits = limits
    this.#work = work
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /**
   * Refuses before a body is read what could not be taken.
   * @throws RequestError
   */
  requireRoom(count = 1): void {
    const { queue } = this.#limits
    if (count > queue) {
      const remedy = 'Ask for fewer at once.'
      throw new RequestError(413, this.#who, `at most ${queue} inputs in a request`, `${count}`, remedy)
    }
    if (this.#waiting.length + count <= queue) return
    throw tooBusy(this.#who, queue, Math.max(1, Math.ceil((this.#pace * this.#waiting.length) / 1000)))
  }

  /**
   * @param key Questions of one key share a batch.
   * @param signal Ends the waiting for all of them, and the work where nobody else waits for it.
   * @throws RequestError where there is no room; the reason of the signal.
   */
  async submit(key: string, items: readonly Item[], signal: AbortSignal): Promise<Result[]> {
    signal.throwIfAborted()
    this.requireRoom(items.length)
    const since = performance.now()
    const results = items.map(
      (item) =>
        new Promise<Result>((resolve, reject) => {
          this.#waiting.push({ key, item, since, signal, resolve, reject })
        }),
    )
    const all = Promise.all(results)
    this.#schedule()
    let leave = (): void => {}
    const gone = new Promise<never>((_, reject) => {
      leave = () => {
        this.#waiting = this.#waiting.filter((one) => one.signal !== signal)
        reject(signal.reason as Error)
        this.#settle()
      }
      signal.addEventListener('abort', leave, { once: true })
    })
    try {
      return await Promise.race([all, gone])
    } finally {
      signal.removeEventListener('abort', leave)
      all.catch(() => {})
    }
  }

  /** When nothing waits or is under way. */
  async idle(): Promise<void> {
    if (this.#running > 0 || this.#waiting.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  #schedule(): void {
    const [first] = this.#waiting
    clearTimeout(this.#timer)
    if (!first || this.#running === atOnce) return
    const { batch, wait } = this.#limits
    // Beside a batch that is under way a small one would take its cores for little: it is gathered for as long as others come.
    const since = this.#running === 0 ? first.since : (this.#waiting.at(-1) ?? first).since
    const left = this.#waiting.length >= batch ? 0 : wait - (performance.now() - since)
    if (left > 0) this.#timer = setTimeout(() => this.#schedule(), left)
    else {
      this.#running++
      // What has come over the network while the batch before ran is read first.
      setImmediate(() => void this.#run())
    }
  }

  async #run(): Promise<void> {
    const batch = this.#next()
    const ended = new AbortController()
    const signals = new Set(batch.map(({ signal }) => signal))
    const leave = (): void => {
      if ([...signals].every((signal) => signal.aborted)) ended.abort(new Error('nobody waits for the answers'))
    }
    for (const signal of signals) signal.addEventListener('abort', leave)
    const start = performance.now()
    try {
      if (batch.length > 0) {
        const results = await this.#work(
          batch.map(({ item }) => item),
          ended.signal,
        )
        batch.forEach(({ resolve }, place) => resolve(results[place] as Result))
      }
    } catch (cause) {
      for (const { reject } of batch) reject(cause)
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', leave)
      if (batch.length > 0) {
        const took = (performance.now() - start) / batch.length
        this.#pace = this.#pace === 0 ? took : 0.8 * this.#pace + 0.2 * took
      }
      this.#running--
      this.#schedule()
      this.#settle()
    }
  }

  /** The longest waiting, and those that can be asked with it. */
  #next(): Waiting<Item, Result>[] {
    const key = this.#waiting[0]?.key
    const batch: Waiting<Item, Result>[] = []
    const others: Waiting<Item, Result>[] = []
    for (const one of this.#waiting) {
      if (one.key === key && batch.length < this.#limits.batch) batch.push(one)
      else others.push(one)
    }
    this.#waiting = others
    return batch
  }

  #settle(): void {
    if (this.#running > 0 || this.#waiting.length > 0) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
