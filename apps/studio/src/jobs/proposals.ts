import type { BenchExample } from '@headstart/core'
import { random } from '@headstart/core/kit'
import * as z from 'zod'
import type { Proposal } from '../api/examples.js'
import type { AnyBench } from '../project/project.js'
import { labelOf } from './answers.js'
import type { Loaded } from './folder-model.js'

/** Examples among which is chosen, and how many are chosen at once. */
const most = { among: 2000, chosen: 40 }

const suggestions = z.object({
  next: z.array(
    z.object({
      row: z.number(),
      answer: z.looseObject({}),
    }),
  ),
})

/** What to label next: chosen some dozens at a time, so that each key is answered at once. */
export class ProposalQueue {
  readonly #bench: AnyBench
  #of: string | undefined
  #queue: Omit<Proposal, 'example'>[] = []
  #ids: string[] = []
  #choosing: Promise<void> | undefined

  constructor(bench: AnyBench) {
    this.#bench = bench
  }

  async take(all: readonly BenchExample[], loaded: Loaded | undefined, count: number): Promise<Proposal[]> {
    const unlabeled = new Map(all.filter(({ label }) => label === null).map((example) => [example.id, example]))
    const next = loaded?.trained.next?.bind(loaded.trained)
    if (!loaded || !next) {
      const why = 'in the order in which they came: train a model, and it says what it would learn most from'
      return [...unlabeled.values()].slice(0, count).map((example) => ({ example, guess: null, why }))
    }
    const left = (): number[] => [...this.#ids.keys()].filter((at) => unlabeled.has(this.#ids[at] as string))
    if (this.#of !== loaded.hash || left().length < Math.min(count, unlabeled.size)) {
      this.#choosing ??= this.#choose(loaded, [...unlabeled.values()]).finally(() => (this.#choosing = undefined))
      await this.#choosing
    }
    return left()
      .slice(0, count)
      .map((at) => ({
        example: unlabeled.get(this.#ids[at] as string) as BenchExample,
        ...(this.#queue[at] as Omit<Proposal, 'example'>),
      }))
  }

  async #choose(loaded: Loaded, unlabeled: readonly BenchExample[]): Promise<void> {
    const some = unlabeled.length > most.among ? random(0).shuffle(unlabeled).slice(0, most.among) : unlabeled
    const queries = await Promise.all(some.map(({ id }) => this.#bench.query(id)))
    const shown = await loaded.trained.next?.(queries, { count: Math.min(most.chosen, some.length) })
    const { next } = suggestions.parse(shown?.json)
    this.#of = loaded.hash
    this.#ids = next.map(({ row }) => some[row]?.id as string)
    this.#queue = next.map(({ answer }) => ({
      guess: guessOf(answer),
      why: 'one of those that the model is least sure of, and unlike the others that are asked about',
    }))
  }
}

function guessOf(answer: Readonly<Record<string, unknown>>): Proposal['guess'] {
  const [label, probability] = [labelOf(answer), answer['probability']]
  return label === undefined ? null : { label, probability: typeof probability === 'number' ? probability : null }
}
