import { evaluateRecommender, type RecommenderModel, type RecommendOptions, type TrainEvent } from '../src/index.js'
import { type Lists, shopOf } from './small-shop.js'

/** What a recommender is asked, as JSON. */
export interface Question extends Pick<RecommendOptions, 'k' | 'diversity' | 'repeats' | 'explain'> {
  readonly history: readonly string[]
  /** Only items of this category. */
  readonly category?: string | undefined
}

/** What it answers, as JSON: items by their ids. */
export interface Answer {
  readonly list: readonly { readonly item: string; readonly score: number; readonly because: readonly object[] }[]
  readonly notices: readonly string[]
}

/** Asks a recommender. */
export async function ask(model: RecommenderModel, question: Question): Promise<Answer> {
  const { history, category, ...options } = question
  const notices: string[] = []
  const list = await model.recommend(history, {
    ...options,
    ...(category !== undefined && { filter: (item) => item.category === category }),
    onNotice: (message) => notices.push(message),
  })
  return {
    list: list.map(({ item, score, because }) => ({
      item: item.id,
      score,
      because: because.map((reason) => ({ ...reason, item: reason.item.id })),
    })),
    notices,
  }
}

/** How good it is in the small shop with these lists, as JSON. */
export async function measure(model: RecommenderModel, lists: Lists): Promise<{ report: object; notices: string[] }> {
  const notices: string[] = []
  const onEvent = (event: TrainEvent) => event.type === 'notice' && notices.push(event.message)
  const { ndcgOfCases, ...all } = await evaluateRecommender(model, shopOf(lists), { onEvent })
  // Figures that came later: the others are what they were.
  const later = new Set(['novelty', 'diversity', 'gini'])
  const figures = Object.fromEntries(Object.entries(all).filter(([name]) => !later.has(name)))
  return { report: { ...figures, ndcgOfCases: [...ndcgOfCases] }, notices }
}
