import * as z from 'zod'
import { groupStrategies } from '../scorers/for-group.js'
import type { Item } from '../shop/catalog.js'

const [length, share] = [{ error: 'expected a whole number from 1 on' }, { error: 'expected a number from 0 to 1' }]

/** Most ids of a list in a question: more than anybody took. */
const mostIds = 100_000
const ids = z.array(z.string()).max(mostIds, { error: `expected at most ${mostIds} ids` })

/** A question to a recommender, as JSON. */
export const recommendQuery = z.object({
  history: ids
    .optional()
    .describe('what somebody took, oldest first: ids of items, separated by commas by the rules of CSV; repeatable')
    .meta({ repeatable: true }),
  k: z.int(length).min(1, length).default(10).describe('length of the list'),
  explain: z.boolean().default(false).describe('say which items of the history carried each recommendation'),
  diversity: z
    .number(share)
    .min(0, share)
    .max(1, share)
    .default(0)
    .describe('0: the highest scores; to 1: items as unlike each other as can be'),
  repeats: z
    .boolean()
    .optional()
    .describe('recommend again what is in the history (default: as the model was trained)'),
  category: z.string().optional().describe('only items of this category, or of it among others'),
  disliked: ids
    .optional()
    .describe('ids that somebody disliked: not recommended, and what is like them comes later; as --history')
    .meta({ repeatable: true }),
  dislikeWeight: z
    .number({ error: 'expected a number from 0 on' })
    .min(0, { error: 'expected a number from 0 on' })
    .optional()
    .describe('how much it counts that an item is like what is disliked (default: 0.5)'),
  like: z.string().optional().describe('items like this one, by its id, in place of a history'),
  group: z
    .enum(groupStrategies)
    .optional()
    .describe(
      'a list for several people, each --history one of them: what they like on average, or none of them little',
    ),
  exclude: ids
    .optional()
    .describe('ids that are not recommended, such as bags and vouchers; as --history')
    .meta({ repeatable: true }),
})

/** A question to a recommender; in a program with a filter, which JSON cannot say. */
export interface RecommendQuery extends Partial<z.output<typeof recommendQuery>> {
  /** Whether an item can be in the list. Default: all can, or those of the category. */
  readonly filter?: ((item: Item) => boolean) | undefined
}

const listed = { item: z.string(), title: z.string().nullable() }

/** What a recommender answers. */
export const recommendAnswer = z.object({
  method: z.string(),
  history: z.array(z.string()).describe('the ids that are known, oldest first'),
  unknown: z.array(z.string()).describe('those that are not, and were ignored'),
  recommendations: z
    .array(
      z.object({
        ...listed,
        score: z.number(),
        because: z
          .array(
            z.object({
              ...listed,
              drop: z.number().describe('how much lower the score is without it'),
              place: z.int().min(1).describe('which place the recommendation has then'),
            }),
          )
          .optional()
          .describe('with explain: what carried it, the largest drop first; empty for what is popular'),
      }),
    )
    .describe('best first'),
})

export type RecommendAnswer = z.output<typeof recommendAnswer>

/** An answer in words. */
export function sayRecommendations({ history, recommendations }: RecommendAnswer): string {
  if (recommendations.length === 0) return 'Nothing is left to recommend.'
  const lines = recommendations.map((line, place) => {
    const reasons = line.because?.map((reason) => `${nameOf(reason)} (without it place ${reason.place})`)
    const why = reasons?.length ? `because you took ${reasons.join(', ')}` : 'because many took it'
    return [`${String(place + 1).padStart(2)}. ${nameOf(line)}`, ...(reasons ? [`      ${why}`] : [])].join('\n')
  })
  return [...(history.length > 0 ? [] : ['Nothing is known of this history: what most users took.']), ...lines].join(
    '\n',
  )
}

/** Title and id, without control characters, which a terminal would obey. */
function nameOf({ item, title }: { readonly item: string; readonly title: string | null }): string {
  return (title === null ? item : `${title} [${item}]`).replace(/\p{Cc}/gu, ' ')
}
