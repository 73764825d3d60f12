/** Words of which the tokens are told by reading all beginnings of the text. */
const mostBeginnings = 512

/**
 * Which word each token of a text is of: each word's own tokens, where these are those of the whole; else a token is of the word with
 * which it appears.
 * @param words In order; together they are the text.
 * @param encode The tokens of a text, without any that stand around it.
 * @returns Numbers of words, one for each token; undefined of a long text whose words have other tokens alone.
 */
export function partsOfTokens(
  words: readonly string[],
  encode: (text: string) => readonly number[],
): number[] | undefined {
  const ids = encode(words.join(''))
  // Of most tokenizers a word has the space before it, or none.
  const spaced = words.map((word, at) => (/\s$/u.test(words[at - 1] ?? '') ? ` ${word.trim()}` : word.trimEnd()))
  for (const alone of [words.map((word) => word.trim()), spaced]) {
    const tokens = alone.map((word) => encode(word))
    const all = tokens.flat()
    if (all.length >= ids.length && ids.every((id, at) => id === all[at]))
      return tokens.flatMap((own, part) => own.map(() => part)).slice(0, ids.length)
  }
  if (words.length > mostBeginnings) return undefined
  let end = 0
  const parts = words.flatMap((_, part) => {
    const begun = end
    end = Math.max(
      end,
      Math.min(
        ids.length,
        encode(
          words
            .slice(0, part + 1)
            .join('')
            .trimEnd(),
        ).length,
      ),
    )
    return Array<number>(end - begun).fill(part)
  })
  return parts.length === ids.length ? parts : undefined
}
