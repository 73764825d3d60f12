import type { JsonObject, JsonValue } from '@headstart/core'
import { meanNdcg } from './rank-cases.js'
import type { Recommender } from './recommend.js'
import type { Choice, MethodOptions } from './recommender-method.js'
import type { Split } from './split-histories.js'

/** Values to try for each setting, the usual one first. */
export type Grid<Settings extends JsonObject> = { readonly [Name in keyof Settings]: readonly [Settings[Name], ...Settings[Name][]] }

/**
 * Coordinate search: beginning with the usual values, the settings are gone through one after the other, and of each the
 * value is kept that gives the highest NDCG@10 on the validation cases. So many fits as there are values, not combinations.
 */
export async function chooseSettings<Settings extends JsonObject>(
  grid: Grid<Settings>,
  fit: (settings: Settings) => Recommender | Promise<Recommender>,
  validation: Split,
  { signal }: MethodOptions = {},
): Promise<Choice<Settings>> {
  const names = Object.keys(grid) as (keyof Settings)[]
  const usual = Object.fromEntries(names.map((name) => [name, grid[name][0] as JsonValue])) as Settings
  if (validation.cases.length === 0) return { settings: usual, ndcg: undefined }
  const measure = async (settings: Settings): Promise<number> => {
    signal?.throwIfAborted()
    return meanNdcg(await fit(settings), validation, { signal })
  }
  let best = { settings: usual, ndcg: await measure(usual) }
  for (const name of names) {
    const { settings } = best
    for (const value of grid[name].slice(1)) {
      const tried = { ...settings, [name]: value }
      const ndcg = await measure(tried)
      if (ndcg > best.ndcg) best = { settings: tried, ndcg }
    }
  }
  return best
}
