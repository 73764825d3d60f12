import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** One labeled sentence. */
export interface Review {
  readonly label: 'negative' | 'positive'
  readonly text: string
}

/**
 * Sentences of restaurant reviews, as many of either class (Kotzias et al., "From Group to Individual Labels using Deep
 * Features", 2015), as shipped in the npm package `sentiment`.
 */
export function reviews(perClass: number, skip = 0): Review[] {
  const rows = require('sentiment/test/fixtures/yelp.json') as { text: string; class: 0 | 1 | null }[]
  return ([0, 1] as const).flatMap((value) =>
    rows
      .filter((row) => row.class === value)
      .slice(skip, skip + perClass)
      .map(({ text }) => ({ label: value === 1 ? 'positive' : 'negative', text })),
  )
}

/** Rows of a CSV file, with a header. */
export function csv(rows: readonly { readonly label: string; readonly text: string }[]): string {
  const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
  return ['label,text', ...rows.map(({ label, text }) => `${quoted(label)},${quoted(text)}`), ''].join('\n')
}
