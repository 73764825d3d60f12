import { signal } from '@preact/signals'
import type { Answered, Explained, Question } from '../../api/types.js'
import type { Store } from './store.js'

/** What is asked of the model while somebody types or shows: the last question counts, earlier ones are given up. */
export class Asking {
  readonly answered = signal<Answered | undefined>(undefined)
  readonly explained = signal<Explained | undefined>(undefined)
  /** While the answer is waited for. */
  readonly waiting = signal(false)
  readonly explaining = signal(false)
  readonly #store: Store
  #ended: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * @param wait Milliseconds before it is asked.
   * @param reasons Milliseconds after the answer until reasons are asked for; undefined: they are not.
   */
  ask(question: Question, wait = 0, reasons: number | undefined = 350): void {
    this.clear(false)
    const ended = (this.#ended = new AbortController())
    this.#timer = setTimeout(() => void this.#store.attempt(() => this.#ask(question, ended.signal, reasons)), wait)
  }

  /** @param answer Whether the answer goes, too. */
  clear(answer = true): void {
    clearTimeout(this.#timer)
    this.#ended?.abort()
    this.waiting.value = false
    this.explaining.value = false
    if (!answer) return
    this.answered.value = undefined
    this.explained.value = undefined
  }

  async #ask(question: Question, signal: AbortSignal, reasons: number | undefined): Promise<void> {
    const { studio, project } = this.#store
    this.waiting.value = true
    const answered = await studio.ask(question, signal).finally(() => {
      if (!signal.aborted) this.waiting.value = false
    })
    if (signal.aborted) return
    this.answered.value = answered
    this.explained.value = undefined
    if (reasons === undefined || !project.value?.model?.explains) return
    this.explaining.value = true
    await new Promise((resolve) => setTimeout(resolve, reasons))
    if (signal.aborted) return
    try {
      const explained = await studio.explain(question, signal)
      if (!signal.aborted) this.explained.value = explained
    } finally {
      if (!signal.aborted) this.explaining.value = false
    }
  }
}
