import * as z from 'zod'
import type { ClassPrediction, Known, LabelsPrediction, ValuePrediction } from '../contract/prediction.js'
import type { Kind, Target } from '../contract/target.js'
import type { Scored } from '../contract/trained.js'

/** The answer of a head of any kind. */
export type Answer = ClassPrediction<string> | LabelsPrediction<string> | ValuePrediction

/** What a model with these labels can answer. */
export function answerSchema(kind: Kind, labels: readonly string[]): z.ZodType<Answer> {
  const label = z.enum(labels)
  const probability = z.number().min(0).max(1)
  const probabilities = z.record(label, probability)
  const judged = { known: z.boolean().optional(), familiarity: z.number().optional(), nearest: label.optional() }
  // Of an input that is unknown there is no answer.
  return {
    classification: () =>
      z.object({ label: label.optional(), probability, probabilities, set: z.array(label).optional(), ...judged }),
    'multi-label': () => z.object({ labels: z.array(label), probabilities, ...judged }),
    regression: () =>
      z.object({ value: z.number().optional(), interval: z.tuple([z.number(), z.number()]).optional(), ...judged }),
  }[kind]() as z.ZodType<Answer>
}

/** An answer in words: the class with its probability, the labels, or the number. */
export function sayAnswer(answer: Answer & Partial<Known<string>>): string {
  if (answer.known === false) {
    const like = answer.nearest === undefined ? '' : `most like ${answer.nearest}, `
    return `unknown (${like}familiarity ${answer.familiarity?.toFixed(3)})`
  }
  if ('value' in answer && answer.interval) return `${answer.value} (${answer.interval.map(significant).join(' to ')})`
  if ('label' in answer && answer.set)
    return `${answer.label} ${answer.probability.toFixed(3)} {${answer.set.join(', ')}}`
  if ('value' in answer) return String(answer.value)
  if ('labels' in answer) return answer.labels.join(', ') || '(none)'
  return `${answer.label} ${answer.probability.toFixed(3)}`
}

/** Classes or labels with their probabilities, the most probable first; a number under the name `value`. None of what is unknown. */
export function scoresOfAnswer(answer: Answer & Partial<Known<string>>): Scored[] {
  if (answer.known === false) return []
  if ('value' in answer) return [{ label: 'value', score: answer.value }]
  const scores = Object.entries(answer.probabilities).map(([label, score]) => ({ label, score }))
  return scores.sort((a, b) => b.score - a.score)
}

/** What `scoreOfAnswer` gives, for each kind. */
export const measureOf = {
  classification: 'accuracy',
  'multi-label': 'share of sets of labels that are right as a whole',
  regression: 'mean absolute error, negated',
} as const satisfies Record<Kind, string>

/** How good an answer is, higher is better: 1 for the right class or set of labels, else 0; the negated distance of a number. */
export function scoreOfAnswer(answer: Answer, target: Target): number {
  if ('value' in answer) return -Math.abs(answer.value - Number(target))
  if ('labels' in answer) {
    const wanted = new Set([target].flat())
    return Number(answer.labels.length === wanted.size && answer.labels.every((label) => wanted.has(label)))
  }
  return Number(answer.label === target)
}

function significant(value: number): string {
  return String(Number(value.toPrecision(4)))
}
