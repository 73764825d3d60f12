import type { RecommendedItem } from '@headstart/recommender'
import { openConsole, print } from './console.js'
import { recommenderPackage } from './shop-commands.js'

interface RecommendOptions {
  /** Each time that the flag was given. */
  readonly history: readonly string[]
  readonly k: number
  readonly explain?: boolean
  readonly diversity?: number
  readonly repeats?: boolean
  readonly category?: string
  readonly json?: boolean
}

/** `headstart recommend MODEL --history ID,ID`: items for somebody who took these. */
export async function recommendCommand(folder: string, options: RecommendOptions, signal: AbortSignal): Promise<void> {
  const screen = openConsole(signal)
  try {
    const { idsIn, loadRecommender } = await recommenderPackage()
    const model = await loadRecommender(folder)
    const ids = options.history.flatMap((value) => idsIn(value, model.catalog, '--history'))
    const { category } = options
    const list = await model.recommend(ids, {
      signal,
      k: options.k,
      explain: options.explain,
      diversity: options.diversity,
      repeats: options.repeats,
      ...(category !== undefined && { filter: (item) => item.category === category }),
      onNotice: (message) => screen.onEvent({ type: 'notice', message }),
    })
    screen.end()
    const isKnown = (id: string): boolean => model.catalog.numberOf(id) !== undefined
    const result = {
      task: 'recommend',
      method: model.recipe.method,
      history: ids.filter(isKnown),
      unknown: ids.filter((id) => !isKnown(id)),
      recommendations: list.map(({ item, score, because }) => ({
        item: item.id,
        title: item.title ?? null,
        score,
        ...(options.explain && {
          because: because.map(({ item: { id, title }, drop, place }) => ({
            item: id,
            title: title ?? null,
            drop,
            place,
          })),
        }),
      })),
    }
    print(options.json, result, () => describe(list, result.history.length > 0, options.explain ?? false))
  } finally {
    screen.end()
  }
}

function describe(list: readonly RecommendedItem[], hasHistory: boolean, explained: boolean): string {
  if (list.length === 0) return 'Nothing is left to recommend.'
  const lines = list.map(({ item, because }, place) => {
    const reasons = because.map((reason) => `${nameOf(reason.item)} (without it place ${reason.place})`)
    const why = reasons.length > 0 ? `because you took ${reasons.join(', ')}` : 'because many took it'
    return [`${String(place + 1).padStart(2)}. ${nameOf(item)}`, ...(explained ? [`      ${why}`] : [])].join('\n')
  })
  return [...(hasHistory ? [] : ['Nothing is known of this history: what most users took.']), ...lines].join('\n')
}

/** Title and id, without control characters, which a terminal would obey. */
function nameOf({ id, title }: { readonly id: string; readonly title?: string | undefined }): string {
  return (title === undefined ? id : `${title} [${id}]`).replace(/\p{Cc}/gu, ' ')
}
