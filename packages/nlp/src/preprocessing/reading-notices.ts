import { counted } from '@headstart/core/load'
import { areForeign, readsLikeEnglish } from './reads-like-english.js'

/** What is worth knowing of how texts were read, counted once for each text: one may be prepared several times. */
export interface ReadingNotices {
  /** What is behind the most tokens of this text was not read. */
  cut(text: string): void
  /** Most of this text is of characters that the tokenizer does not know. */
  unreadable(text: string): void
  /** This text is read by an encoder that has learned English alone. */
  english(text: string): void
  /** What there was since the last call, in sentences; of the language once: who reads in parts knows it then. */
  take(): string[]
}

/** Whether there may be something to say of a text: it is long enough to be cut, or not in Latin letters. Else it need not be read again. */
export function mayBeOdd(text: string, maxTokens: number): boolean {
  return (
    text.length > maxTokens ||
    /[^\p{Script=Latin}\p{Script=Common}]/u.test(text) ||
    /\p{Extended_Pictographic}/u.test(text)
  )
}

/** @param maxTokens At which texts are cut. */
export function readingNotices(maxTokens: number): ReadingNotices {
  const [cut, unreadable, english, foreign] = [
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
  ]
  let isForeignSaid = false
  return {
    cut: (text) => void cut.add(text),
    unreadable: (text) => void unreadable.add(text),
    english(text) {
      const isEnglish = readsLikeEnglish(text)
      if (isEnglish !== undefined) (isEnglish ? english : foreign).add(text)
    },
    take() {
      const notices: string[] = []
      if (cut.size > 0) {
        notices.push(`${texts(cut.size)} longer than ${maxTokens} tokens; what is behind them was not read.`)
      }
      const [first] = unreadable
      if (first !== undefined) {
        const excerpt = excerptOf(first)
        notices.push(
          `${texts(unreadable.size)} for the most part of characters that this encoder cannot read, such as ${excerpt}: it does not tell them apart. Choose an encoder of their language (--backbone; see: headstart backbones).`,
        )
      }
      const [stranger] = foreign
      if (!isForeignSaid && stranger !== undefined && areForeign({ english: english.size, foreign: foreign.size })) {
        isForeignSaid = true
        notices.push(
          `${counted(foreign.size, 'text does', 'texts do')} not read like English, such as ${excerptOf(stranger)}. This encoder has learned English alone: it tells other languages apart by little more than their words. Choose one of their language, such as --backbone Xenova/multilingual-e5-small, which is downloaded first (see: headstart backbones).`,
        )
      }
      for (const texts of [cut, unreadable, english, foreign]) texts.clear()
      return notices
    },
  }
}

function excerptOf(text: string): string {
  return JSON.stringify(Array.from(text.slice(0, 60)).slice(0, 30).join(''))
}

function texts(count: number): string {
  return counted(count, 'text is', 'texts are')
}
