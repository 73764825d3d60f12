import { HeadstartError, InputError } from '@headstart/core'
import type { TranslationTokenizer } from '../contract.js'
import type { Languages } from './languages.js'
import type { OpenTokenizer, Side } from './open-tokenizer.js'

/** The tokens of both sides, with what the languages put around them. */
export function translationTokenizer(
  { source, target }: Pick<OpenTokenizer, 'source' | 'target'>,
  languages: Languages,
  eos: number,
): TranslationTokenizer {
  const inside = (text: string): number[] => idsOf(target, text, false)
  return {
    unknown: target.unknown,
    encodeSource: (text) => {
      const whole = languages.prefix + text
      const { before, after } = languages.source ?? {}
      if (before && after) return [...before, ...idsOf(source, whole, false), ...after]
      return idsOf(source, whole, true)
    },
    encodeTarget: (text) => [...(languages.target === undefined ? [] : [languages.target]), ...inside(text), eos],
    encodeInside: inside,
    covers: (text) =>
      [source, target].every((side) => {
        const ids = idsOf(side, text, false)
        return ids.length > 0 && !ids.includes(side.unknown ?? -1) && textOf(side, ids).trim() === text
      }),
    idsWith: (characters) =>
      [...target.tokenizer.get_vocab()].flatMap(([token, id]) =>
        [...characters].some((one) => token.includes(one)) ? [id] : [],
      ),
    decode: (ids) => (ids.length === 0 ? '' : textOf(target, ids)),
  }
}

/** Where a vocabulary covers neither a character nor has a token for that, nothing stands for it. */
function idsOf({ tokenizer, guarded }: Side, text: string, isFramed: boolean): number[] {
  const { ids } = named(() => guarded(text.length, () => tokenizer.encode(text, { add_special_tokens: isFramed })))
  return (ids as (number | undefined)[]).filter((id) => id !== undefined)
}

function textOf({ tokenizer, guarded }: Side, ids: readonly number[]): string {
  return named(() => guarded(ids.length, () => tokenizer.decode([...ids], { skip_special_tokens: true })))
}

/** Does something with a tokenizer. @throws InputError where that fails in its code: a text of megabytes is more than it holds. */
function named<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof HeadstartError) throw cause
    const got = cause instanceof Error ? cause.message : 'another failure'
    throw new InputError('text', 'one that its tokenizer reads', got, 'Shorten it, or choose another model.', { cause })
  }
}
