/** What is written for characters that mean something in SGML. */
const entities: readonly (readonly [string, string])[] = [
  ['&quot;', '"'],
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
]

/**
 * Tokens as the script mteval-v13a of NIST makes them, and sacreBLEU by its tokenizer 13a: ASCII punctuation stands by itself, periods
 * and commas but between digits, a hyphen after a digit.
 */
export function tokens13a(text: string): string[] {
  let line = text.trimEnd().replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ')
  for (const [entity, character] of entities) line = line.replaceAll(entity, character)
  return ` ${line} `
    .replace(/([{-~[-` -&(-+:-@/])/g, ' $1 ')
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ')
    .split(/\s+/u)
    .filter((token) => token !== '')
}
