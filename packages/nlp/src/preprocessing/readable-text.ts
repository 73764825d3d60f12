/** What lies behind this many characters of a text is not read. */
export const longestText = 2 ** 20

/**
 * Marks that one letter can carry. Normalization sorts them, in a time that grows with the square of their number; Unicode itself
 * knows texts of at most 30 (UAX #15, "Stream-Safe Text Format").
 */
const mostMarks = 128
/** Marks, and the sounds of half-width katakana, which become some (NFKC). */
const runOfMarks = /[\p{M}\uFF9E\uFF9F]+/gu

/**
 * The part of a text that is read: so much that no usual text has more, so little that its normalization takes no minutes.
 * @param most Characters.
 */
export function readableText(text: string, most = longestText): string {
  return text
    .slice(0, most)
    .replaceAll(runOfMarks, (run) => (run.length > mostMarks ? [...run].slice(0, mostMarks).join('') : run))
}

/** Whether it is a number of tokens that a text can be cut to. */
export function isLength(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2 ** 16
}
