import { counted, type JsonObject, type Shown, shown, textTable } from '@headstart/core/load'
import type { RecommenderParts } from './recommender-parts.js'

/** How a recommender came to be: the methods that were tried, and what each reached on validation data. */
export function describeTraining({
  recipe,
  training: { users, items, interactions },
  validation,
  since,
}: Pick<RecommenderParts, 'recipe' | 'training' | 'validation' | 'since'>): Shown {
  const { method, settings, seed, repeats } = recipe
  const rows = validation.map((row) => ({ method: row.method, settings: row.settings, 'ndcg@10': row.ndcg }))
  const json = { method, settings, users, items, interactions, seed, repeats, validation: rows }
  return shown({ ...json, ...(since && { since: { ...since, waiting: [...since.waiting] } }) }, () =>
    [
      `Learned from ${counted(interactions, 'interaction')} of ${counted(users, 'user')} with ${counted(items, 'item')}.`,
      '',
      textTable([
        ['method', 'NDCG@10', 'settings'],
        ...validation.map((row) => [row.method, row.ndcg?.toFixed(4) ?? '', describeSettings(row.settings)]),
      ]),
      `On validation data, ${recipe.split === 'time' ? 'what came in the tenth before the last' : 'the interaction before the last of each user'}; ${method} is taken.`,
      ...(since ? ['', sinceText(since)] : []),
    ].join('\n'),
  )
}

function sinceText({ updates, interactions, items, waiting }: NonNullable<RecommenderParts['since']>): string {
  const known =
    waiting.length === 0 ? 'All it is made of knows them' : `Only after a training knows them: ${waiting.join(', ')}`
  return `Since it was fitted came ${counted(interactions, 'interaction')}, with ${counted(items, 'new item')}, in ${counted(updates, 'update')}. ${known}.`
}

/** Settings in words. */
export function describeSettings(settings: JsonObject): string {
  const parts = Object.entries(settings).flatMap(([name, value]): string[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [describeSettings(value as JsonObject)]
      : [`${name} ${String(value)}`],
  )
  return parts.join(', ') || 'no settings'
}
