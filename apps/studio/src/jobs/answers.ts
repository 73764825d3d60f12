import { HeadstartError, type InputError, type Run } from '@headstart/core'
import { joinedLabels } from '@headstart/core/kit'
import type { Answer } from '../api/try.js'
import type { AnyBench } from '../project/project.js'
import type { AnyTrained } from './folder-model.js'

/** Of what belongs, so much may be refused by mistake: what `headstart predict --unknown` takes as well. */
const usualShare = 0.05

/** Answers with what is known of whether the model knows such inputs, where it can tell. */
export async function familiarAnswers(
  trained: AnyTrained,
  queries: readonly unknown[],
  run: Run,
): Promise<(Answer | InputError)[]> {
  const quiet = { ...run, onEvent: undefined }
  if (trained.asks) {
    try {
      return (await trained.asks.run(queries, { unknown: usualShare }, quiet)) as (Answer | InputError)[]
    } catch (error) {
      // It learned from too few examples to tell, or from names alone.
      if (!(error instanceof HeadstartError) || run.signal?.aborted) throw error
    }
  }
  return (await trained.ask(queries, { signal: run.signal })) as (Answer | InputError)[]
}

/** An answer with what is known of any. */
export function shownAnswer(bench: Pick<AnyBench, 'shown'>, answer: unknown): Answer {
  return (bench.shown?.(answer) ?? answer) as Answer
}

/** The label that an answer of any kind gives; undefined where it gives none. */
export function labelOf({ label, labels, value }: Readonly<Record<string, unknown>>): string | undefined {
  if (Array.isArray(labels)) return joinedLabels(labels.map(String))
  // Of a number no more digits than are meant.
  if (typeof value === 'number') return String(Number(value.toPrecision(4)))
  return stringOf(label)
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
