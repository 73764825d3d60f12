import { type ShownExplanation, shownExplanation } from '@headstart/core/load'
import type { RecommendAnswer } from './recommend-query.js'

/**
 * The reasons of a recommendation as an explanation: the items of the history with how much lower the score is without each.
 * @param label Title or id of the item that is explained. Default: the first of the list.
 */
export function explainedList({ history, recommendations }: RecommendAnswer, label?: string): ShownExplanation {
  const named = recommendations.find(({ item, title }) => label === undefined || item === label || title === label)
  const titles = new Map(named?.because?.map(({ item, title }) => [item, title]))
  const drops = new Map(named?.because?.map(({ item, drop }) => [item, drop]))
  const notes: string[] = []
  if (!named) notes.push(label === undefined ? 'Nothing is left to recommend.' : `"${label}" is not in the list.`)
  else if (drops.size === 0) notes.push('It is there because many took it: no item of the history carries it.')
  const explanation = {
    input: history.join(','),
    label: named?.title ?? named?.item ?? '',
    method: 'history' as const,
    parts: history.map((item) => ({ text: titles.get(item) ?? item, weight: drops.get(item) ?? 0 })),
    examples: [],
    faithfulness: null,
    notes,
  }
  return shownExplanation({ explanation, overlay: undefined })
}
