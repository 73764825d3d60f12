import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { StudioEvent } from '../api/events.js'

/** Milliseconds between two signs of life, by which a connection that is gone is noticed. */
const beat = 15_000
/** Events that wait for a tab that reads slowly; of jobs the last one says it all. */
const mostWaiting = 50

/** Tells every open tab what happens. */
export class Events {
  readonly #listeners = new Set<(event: StudioEvent) => void>()

  get open(): number {
    return this.#listeners.size
  }

  tell(event: StudioEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  /** A stream of server-sent events, until the tab is closed. @param first What it is told at once. */
  stream(context: Context, first: readonly StudioEvent[]): Response {
    return streamSSE(context, async (stream) => {
      const waiting: StudioEvent[] = [...first]
      let wake = (): void => {}
      const listen = (event: StudioEvent): void => {
        if (event.type !== 'notice') {
          const before = waiting.findIndex(({ type }) => type === event.type)
          if (before >= 0) waiting.splice(before, 1)
        }
        if (waiting.length < mostWaiting) waiting.push(event)
        wake()
      }
      this.#listeners.add(listen)
      stream.onAbort(() => {
        this.#listeners.delete(listen)
        wake()
      })
      try {
        while (!stream.aborted && !stream.closed) {
          const event = waiting.shift()
          if (event) await stream.writeSSE({ data: JSON.stringify(event) })
          else {
            const timer = setTimeout(() => {
              // A comment, which pages do not hear.
              void stream.write(': still here\n\n').catch(() => {})
            }, beat)
            await new Promise<void>((resolve) => (wake = resolve))
            clearTimeout(timer)
          }
        }
      } finally {
        this.#listeners.delete(listen)
      }
    })
  }
}
