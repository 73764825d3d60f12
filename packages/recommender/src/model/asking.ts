import type { InputError, RunOptions, Step } from '@headstart/core/load'
import * as z from 'zod'
import type { Item } from '../shop/catalog.js'
import type { RecommendAnswer, RecommendQuery } from './recommend-query.js'

/** What is asked beside queries, for all of them. */
export const asking = z.object({
  stock: z.string().optional().describe('a table of items: those that are not in stock there are not recommended'),
  stockColumn: z.string().default('stock').describe('its column that says so: a number above 0, yes or true'),
})

type Ask = (queries: readonly RecommendQuery[], options: RunOptions) => Promise<(RecommendAnswer | InputError)[]>

/** Asks about what is in stock. The table is read once. */
export function askingStep(ask: Ask): Step<readonly RecommendQuery[], (RecommendAnswer | InputError)[]> {
  const filters = new Map<string, Promise<(item: Item) => boolean>>()
  return {
    options: asking,
    async run(queries, given, run) {
      const { stock, stockColumn } = asking.parse(given)
      if (stock === undefined) return ask(queries, run)
      const key = JSON.stringify([stock, stockColumn])
      const filter = filters.get(key) ?? filterOf(stock, stockColumn, run)
      filters.set(key, filter)
      const isIn = await filter
      return ask(
        queries.map((query) => ({ ...query, filter: query.filter ? both(isIn, query.filter) : isIn })),
        run,
      )
    },
  }
}

function both(a: (item: Item) => boolean, b: (item: Item) => boolean): (item: Item) => boolean {
  return (item) => a(item) && b(item)
}

async function filterOf(stock: string, column: string, { onEvent }: RunOptions): Promise<(item: Item) => boolean> {
  // Imported when it is needed: a browser reads no tables.
  const { inStock } = await import('./in-stock.js')
  const ids = await inStock(stock, column, (message) => onEvent?.({ type: 'notice', message }))
  return ({ id }) => ids.has(id)
}
