import type { TranslationTokenizer } from '../contract.js'
import type { Languages } from './languages.js'
import type { OpenTokenizer } from './open-tokenizer.js'

/** The tokens of both sides, with what the languages put around them. */
export function translationTokenizer(
  { tokenizer, unknown }: OpenTokenizer,
  { prefix, source, target }: Languages,
  eos: number,
): TranslationTokenizer {
  const inside = (text: string): number[] => covered(tokenizer.encode(text, { add_special_tokens: false }).ids)
  return {
    unknown,
    encodeSource: (text) => {
      const whole = prefix + text
      if (source) return [...source.before, ...inside(whole), ...source.after]
      return covered(tokenizer.encode(whole).ids)
    },
    encodeTarget: (text) => [...(target === undefined ? [] : [target]), ...inside(text), eos],
    encodeInside: inside,
    idsWith: (characters) =>
      [...tokenizer.get_vocab()].flatMap(([token, id]) =>
        [...characters].some((one) => token.includes(one)) ? [id] : [],
      ),
    decode: (ids) => (ids.length === 0 ? '' : tokenizer.decode([...ids], { skip_special_tokens: true })),
  }
}

/** Where a vocabulary covers neither a character nor has a token for that, nothing stands for it. */
function covered(ids: readonly (number | undefined)[]): number[] {
  return ids.filter((id) => id !== undefined)
}
