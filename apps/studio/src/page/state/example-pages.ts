import { signal } from '@preact/signals'
import type { Studio } from '../../api/client.js'
import type { Example, ExamplesQuery } from '../../api/types.js'

const SIZE = 100

/** Examples that match, fetched as they come into sight. While they are fetched anew the old ones stay. */
export class ExamplePages {
  readonly total = signal(0)
  /** Grows with each page that comes. */
  readonly version = signal(0)
  readonly #studio: Pick<Studio, 'examples'>
  readonly #pages = new Map<number, readonly Example[]>()
  readonly #fresh = new Set<number>()
  #query: ExamplesQuery = {}
  #generation = 0

  constructor(studio: Pick<Studio, 'examples'>) {
    this.#studio = studio
  }

  /** Another question, or the same of changed data. */
  async ask(query: ExamplesQuery): Promise<void> {
    const same = JSON.stringify(query) === JSON.stringify(this.#query)
    this.#generation++
    this.#fresh.clear()
    if (!same) this.#pages.clear()
    this.#query = query
    await this.#fetch(0)
  }

  /** The example at a place; undefined until it has come. */
  at(place: number): Example | undefined {
    const page = Math.floor(place / SIZE)
    if (!this.#fresh.has(page)) void this.#fetch(page).catch(() => undefined)
    return this.#pages.get(page)?.[place % SIZE]
  }

  async #fetch(page: number): Promise<void> {
    const generation = this.#generation
    this.#fresh.add(page)
    try {
      const { examples, total } = await this.#studio.examples({ ...this.#query, offset: page * SIZE, limit: SIZE })
      if (generation !== this.#generation) return
      this.#pages.set(page, examples)
      this.total.value = total
      this.version.value++
    } catch (error) {
      if (generation === this.#generation) this.#fresh.delete(page)
      throw error
    }
  }
}
