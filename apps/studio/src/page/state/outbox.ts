/** A label to be given, or taken away. */
export interface LabelChange {
  readonly id: string
  readonly label: string | null
}

/**
 * Labels on their way: shown at once, sent in order, kept in the browser until the studio has written them. So neither a reload nor the
 * end of the studio loses one.
 */
export class Outbox {
  readonly #key: string
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly #send: (changes: readonly LabelChange[]) => Promise<unknown>
  #sending: Promise<void> | undefined

  constructor(
    name: string,
    send: (changes: readonly LabelChange[]) => Promise<unknown>,
    storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage,
  ) {
    this.#key = `headstart-studio:outbox:${name}`
    this.#send = send
    this.#storage = storage
  }

  /** What is not yet written, the last word on each example. */
  get waiting(): readonly LabelChange[] {
    try {
      return JSON.parse(this.#storage.getItem(this.#key) ?? '[]') as LabelChange[]
    } catch {
      return []
    }
  }

  put(change: LabelChange): void {
    this.#keep([...this.waiting.filter(({ id }) => id !== change.id), change])
  }

  /** Sends all that waits, one request after another. Rejects where the studio does not take it; what was not taken still waits. */
  flush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined))
    return this.#sending
  }

  /** What the studio will never take is given up: labels of an example that is gone. */
  drop(changes: readonly LabelChange[]): void {
    this.#keep(this.waiting.filter((one) => !changes.some((other) => same(one, other))))
  }

  async #sendAll(): Promise<void> {
    for (let changes = this.waiting; changes.length > 0; changes = this.waiting) {
      await this.#send(changes)
      this.drop(changes)
    }
  }

  #keep(changes: readonly LabelChange[]): void {
    this.#storage.setItem(this.#key, JSON.stringify(changes))
  }
}

function same(a: LabelChange, b: LabelChange): boolean {
  return a.id === b.id && a.label === b.label
}
