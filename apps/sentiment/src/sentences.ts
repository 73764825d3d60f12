import { createRequire } from 'node:module'
import type { Example } from '@headstart/core'

/** Where the sentences come from. */
export const domains = ['amazon', 'imdb', 'yelp'] as const
export type Domain = (typeof domains)[number]
export type Sentiment = 'negative' | 'positive'

const require = createRequire(import.meta.url)

/**
 * 1,000 labeled sentences of a domain, half of them positive: reviews of products, films and restaurants (Kotzias et
 * al., "From Group to Individual Labels using Deep Features", 2015), as shipped in the npm package `sentiment`.
 */
export function sentences(domain: Domain): Example<string, Sentiment>[] {
  const rows = require(`sentiment/test/fixtures/${domain}.json`) as { text: string; class: 0 | 1 | null }[]
  // Each file ends with an empty row.
  return rows
    .filter((row) => row.class !== null)
    .map((row) => ({ input: row.text, label: row.class === 1 ? 'positive' : 'negative' }))
}
