import type { Dissected } from '@headstart/core/load'

/** Scripts without spaces between words. */
const spaceless = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

/**
 * A text as its words, each with the space behind it, of which any can be left out.
 * @param prepare What the network reads of a text: words behind what it reads change nothing of it.
 */
export function textParts(text: string, prepare: (text: string) => unknown): Dissected {
  const words = wordsOf(text)
  const count = wordsRead(words, prepare)
  const read = words.slice(0, count)
  const rest = words.slice(count).join('')
  return {
    parts: [...read.map((part) => ({ text: part })), ...(rest === '' ? [] : [{ text: rest, read: false }])],
    keep: (kept) => read.filter((_, at) => kept[at]).join(''),
  }
}

function wordsOf(text: string): string[] {
  const chunks = text.match(/\s*\S+\s*/gu) ?? []
  return chunks.flatMap((chunk) => {
    if (!spaceless.test(chunk)) return [chunk]
    return Array.from(new Intl.Segmenter(undefined, { granularity: 'word' }).segment(chunk), ({ segment }) => segment)
  })
}

/** Number of the first words of which the network reads the same as of all (by halving). */
function wordsRead(words: readonly string[], prepare: (text: string) => unknown): number {
  const read = (count: number): string => JSON.stringify(prepare(words.slice(0, count).join('')))
  const whole = read(words.length)
  let [low, high] = [0, words.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (read(middle) === whole) high = middle
    else low = middle + 1
  }
  return low
}
