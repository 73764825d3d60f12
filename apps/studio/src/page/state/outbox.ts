/** A label to be given, or taken away. */
export interface LabelChange {
  readonly id: string
  readonly label: string | null
}

/** What of a browser's storage is needed. */
export type OutboxStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/**
 * Labels on their way: shown at once, sent in order, kept in the browser until the studio has written them. So neither a reload nor the
 * end of the studio loses one. Each lies under a key of its own, since other tabs write to the same storage meanwhile; a tab sends its
 * own, and what it found when it was opened.
 */
export class Outbox {
  readonly #prefix: string
  readonly #storage: OutboxStorage
  readonly #send: (changes: readonly LabelChange[]) => Promise<unknown>
  /** Keys of what this tab sends. */
  readonly #own: Set<string>
  #number = 0
  #sending: Promise<void> | undefined

  constructor(
    name: string,
    send: (changes: readonly LabelChange[]) => Promise<unknown>,
    storage: OutboxStorage = localStorage,
  ) {
    this.#prefix = `headstart-studio:outbox:${name}:`
    this.#send = send
    this.#storage = storage
    const keys = Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? '')
    this.#own = new Set(keys.filter((key) => key.startsWith(this.#prefix)))
    for (const key of this.#own) this.#number = Math.max(this.#number, this.#at(key)?.number ?? 0)
  }

  /** What is not yet written, the last word on each example. */
  get waiting(): readonly LabelChange[] {
    return [...this.#own]
      .flatMap((key) => {
        const kept = this.#at(key)
        return kept ? [{ ...kept, id: key.slice(this.#prefix.length) }] : []
      })
      .sort((a, b) => a.number - b.number)
      .map(({ id, label }) => ({ id, label }))
  }

  put({ id, label }: LabelChange): void {
    const key = this.#prefix + id
    this.#own.add(key)
    this.#storage.setItem(key, JSON.stringify({ label, number: ++this.#number }))
  }

  /** Sends all that waits, one request after another. Rejects where the studio does not take it; what was not taken still waits. */
  flush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined))
    return this.#sending
  }

  /** What is written, and what the studio will never take: labels of an example that is gone. */
  drop(changes: readonly LabelChange[]): void {
    for (const { id, label } of changes) {
      const key = this.#prefix + id
      // Another one may have been given meanwhile.
      if (this.#at(key)?.label !== label) continue
      this.#own.delete(key)
      this.#storage.removeItem(key)
    }
  }

  async #sendAll(): Promise<void> {
    for (let changes = this.waiting; changes.length > 0; changes = this.waiting) {
      await this.#send(changes)
      this.drop(changes)
    }
  }

  #at(key: string): { readonly label: string | null; readonly number: number } | undefined {
    try {
      return JSON.parse(this.#storage.getItem(key) ?? 'null') ?? undefined
    } catch {
      return undefined
    }
  }
}
