import { counted } from '../kit/counted.js'
import { effectOf } from '../evaluate/paired.js'
import { textTable } from '../kit/text-table.js'
import type { Answer } from './answers.js'
import { sayAnswer } from './answers.js'
import type { Tried } from './teacher.js'

/** What to label next. Plain JSON. */
export interface Suggestions {
  readonly next: readonly Suggestion[]
  /** Whether that is better than choosing at random, as far as the kept examples tell. */
  readonly verdict: string
  /** How much higher the score on held-out examples was with examples chosen like this than at random; null where not measured. */
  readonly measured: Tried | null
}

/** An input to be labeled. */
export interface Suggestion {
  /** Its place among the inputs, from 0 on. */
  readonly row: number
  /** 0: as uncertain as can be; 1: certain. */
  readonly certainty: number
  readonly familiarity: number | undefined
  /** What the model answers now. */
  readonly answer: Answer
}

/** In words, each with its input. */
export function saySuggestions({ next, verdict }: Suggestions, nameOf: (row: number) => string): string {
  const rows = next.map(({ row, certainty, familiarity, answer }) => [
    String(row + 1),
    certainty.toFixed(3),
    familiarity?.toFixed(3) ?? '',
    sayAnswer(answer),
    nameOf(row),
  ])
  return `${textTable([['row', 'certainty', 'familiarity', 'answer now', 'input'], ...rows])}\n${verdict}`
}

const keepOption = 'the option keep (on the command line: --keep)'

/** Whether choosing is worth more than chance, in a sentence. */
export function verdictOf(tried: Tried | undefined, isKept: boolean): string {
  if (!tried) {
    const why = isKept ? 'the model keeps too few examples' : `the model keeps no examples: train it with ${keepOption}`
    return `Whether this is better than choosing at random was not measured: ${why}.`
  }
  const { gain, margin, rounds, labels } = tried
  const by = `${gain >= 0 ? '+' : ''}${(100 * gain).toFixed(1)} ± ${(100 * margin).toFixed(1)} points`
  const where = `with ${counted(labels, 'label')} on held-out examples, ${counted(rounds, 'time')}`
  const effect = effectOf({ mean: gain, margin })
  if (effect === 'helped') return `Choosing like this was better than at random: ${by} ${where}.`
  if (effect === 'hurt') return `Choosing at random was better: ${by} for these, ${where}. Label some at random.`
  return `Choosing at random was as good: ${by} ${where}.`
}
