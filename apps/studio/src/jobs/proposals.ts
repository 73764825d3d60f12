import { type BenchExample, InputError } from '@headstart/core'
import { random } from '@headstart/core/kit'
import * as z from 'zod'
import type { Proposal } from '../api/examples.js'
import type { AnyBench } from '../project/project.js'
import { labelOf, shownAnswer } from './answers.js'
import type { Loaded } from './folder-model.js'

/** Examples among which is chosen, how many are chosen at once, and to how many there is an answer where none are chosen. */
const most = { among: 2000, chosen: 40, guessed: 8 }

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
  readonly #guesses = new Map<string, Proposal['guess']>()

  constructor(bench: AnyBench) {
    this.#bench = bench
  }

  async take(all: readonly BenchExample[], loaded: Loaded | undefined, count: number): Promise<Proposal[]> {
    const unlabeled = new Map(all.filter(({ label }) => label === null).map((example) => [example.id, example]))
    if (!loaded) {
      const why = 'in the order in which they came: train a model, and it says what it would learn most from'
      return [...unlabeled.values()].slice(0, count).map((example) => ({ example, guess: null, why }))
    }
    if (!loaded.trained.next)
      return this.#inOrder(loaded, [...unlabeled.values()].slice(0, Math.min(count, most.guessed)))
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

  /** Of a model that cannot say what it would learn most from: as they came, with its answers. */
  async #inOrder({ hash, trained }: Loaded, some: readonly BenchExample[]): Promise<Proposal[]> {
    if (this.#of !== hash) this.#guesses.clear()
    this.#of = hash
    const fresh = some.filter(({ id }) => !this.#guesses.has(id))
    if (fresh.length > 0) {
      const queries = await Promise.all(fresh.map(({ id }) => this.#bench.query(id)))
      const answers = await trained.ask(queries)
      fresh.forEach(({ id }, place) => {
        const answer = answers[place]
        this.#guesses.set(id, answer instanceof InputError ? null : guessOf(shownAnswer(this.#bench, answer)))
      })
    }
    const why = 'in the order in which they came, with what the model makes of each'
    return some.map((example) => ({ example, guess: this.#guesses.get(example.id) ?? null, why }))
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
