import type { TranslationTokenizer } from '../contract.js'

/** A text as the model reads it, and how what it says is made the text's own again. */
export interface Masked {
  readonly text: string
  /** What stands for each placeholder; itself, where the model can say it. */
  readonly standIns: readonly string[]
  restore(target: string): string
}

/** Placeholders of more tokens are too long to be said without a slip, such as links. */
const mostTokens = 8
const shapes = [
  (n: number) => `{${n}}`,
  (n: number) => `[${n}]`,
  (n: number) => `<${n}>`,
  (n: number) => `X${n}`,
  (n: number) => `${n}`,
]

/** Puts short words that the vocabulary has in the place of placeholders that it has not, and of very long ones. */
export function masked(text: string, placeholders: readonly string[], tokenizer: TranslationTokenizer): Masked {
  const pairs = new Map<string, string>()
  for (const one of placeholders) {
    if (pairs.has(one) || (tokenizer.covers(one) && tokenizer.encodeInside(one).length <= mostTokens)) continue
    const standIn = unused(text, [...pairs.values()], tokenizer)
    if (standIn !== undefined) pairs.set(one, standIn)
  }
  const replaced = (
    whole: string,
    from: (pair: [string, string]) => string,
    to: (pair: [string, string]) => string,
  ): string => [...pairs].reduce((sum, pair) => sum.replaceAll(from(pair), () => to(pair)), whole)
  return {
    text: replaced(
      text,
      ([one]) => one,
      ([, standIn]) => standIn,
    ),
    standIns: placeholders.map((one) => pairs.get(one) ?? one),
    restore: (target) =>
      replaced(
        target,
        ([, standIn]) => standIn,
        ([one]) => one,
      ),
  }
}

function unused(text: string, others: readonly string[], tokenizer: TranslationTokenizer): string | undefined {
  for (const shape of shapes) {
    for (let number = 1; number < 20; number++) {
      const standIn = shape(number)
      const isFree =
        !text.includes(standIn) && !others.some((other) => other.includes(standIn) || standIn.includes(other))
      if (isFree && tokenizer.covers(standIn)) return standIn
    }
  }
  return undefined
}
