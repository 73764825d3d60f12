import type { JsonObject, JsonValue, RunOptions } from '@headstart/core'
import { meanNdcg } from '../evaluate/rank-cases.js'
import type { Recommender } from '../contract/recommend.js'
import type { Choice, Validation } from '../contract/recommender-method.js'

/** Values to try for a setting of which more and less have a meaning: those next to the usual one first. */
export interface Scale<Value> {
  readonly usual: Value
  /** Falling. */
  readonly below: readonly Value[]
  /** Rising. */
  readonly above: readonly Value[]
}

/** Values to try for each setting: all of a list, the usual one first; of a scale as far as they get better. */
export type Grid<Settings extends JsonObject> = {
  readonly [Name in keyof Settings]: readonly [Settings[Name], ...Settings[Name][]] | Scale<Settings[Name]>
}

/**
 * Coordinate search: beginning with the usual values, the settings are gone through one after the other, and of each the
 * value is kept that gives the highest NDCG@10 on the validation cases. So many fits as there are values, not combinations;
 * a scale is left where a step along it brings nothing, and gone up only where down was no better.
 */
export async function chooseSettings<Settings extends JsonObject>(
  grid: Grid<Settings>,
  fit: (settings: Settings) => Recommender | Promise<Recommender>,
  validation: Validation,
  { signal }: Pick<RunOptions, 'signal'> = {},
): Promise<Choice<Settings>> {
  const names = Object.keys(grid) as (keyof Settings)[]
  const usual = Object.fromEntries(names.map((name) => [name, usualOf(grid[name]) as JsonValue])) as Settings
  if (validation.cases.length === 0) return { settings: usual, ndcg: undefined }
  const measure = async (settings: Settings): Promise<number> => {
    signal?.throwIfAborted()
    return meanNdcg(await fit(settings), validation, { signal, repeats: validation.repeats })
  }
  let best = { settings: usual, ndcg: await measure(usual) }
  for (const name of names) {
    const { settings } = best
    /** Whether it is better than the best so far, which it then is. */
    const improves = async (value: JsonValue): Promise<boolean> => {
      const tried = { ...settings, [name]: value }
      const ndcg = await measure(tried)
      const better = ndcg > best.ndcg
      if (better) best = { settings: tried, ndcg }
      return better
    }
    const values = grid[name]
    if (!isScale(values)) for (const value of values.slice(1)) await improves(value as JsonValue)
    else if (!(await improvesAlong(values.below, improves))) await improvesAlong(values.above, improves)
  }
  return best
}

/** Tries values until one is no better; gives whether the first one was. */
async function improvesAlong<Value>(
  values: readonly Value[],
  improves: (value: Value) => Promise<boolean>,
): Promise<boolean> {
  let steps = 0
  for (const value of values) {
    if (!(await improves(value))) break
    steps++
  }
  return steps > 0
}

function isScale<Value>(values: readonly Value[] | Scale<Value>): values is Scale<Value> {
  return 'usual' in values
}

function usualOf<Value>(values: readonly [Value, ...Value[]] | Scale<Value>): Value {
  return 'usual' in values ? values.usual : values[0]
}
