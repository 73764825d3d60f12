/** What is worth knowing of how texts were read, counted once for each text: one may be prepared several times. */
export interface ReadingNotices {
  /** What is behind the most tokens of this text was not read. */
  cut(text: string): void
  /** Most of this text is of characters that the tokenizer does not know. */
  unreadable(text: string): void
  /** What there was since the last call, in sentences. */
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
  const [cut, unreadable] = [new Set<string>(), new Set<string>()]
  return {
    cut: (text) => void cut.add(text),
    unreadable: (text) => void unreadable.add(text),
    take() {
      const notices: string[] = []
      if (cut.size > 0) {
        notices.push(`${texts(cut.size)} longer than ${maxTokens} tokens; what is behind them was not read.`)
      }
      const [first] = unreadable
      if (first !== undefined) {
        const excerpt = JSON.stringify(Array.from(first).slice(0, 30).join(''))
        notices.push(
          `${texts(unreadable.size)} for the most part of characters that this encoder cannot read, such as ${excerpt}: it does not tell them apart. Choose an encoder of their language (--backbone; see: headstart backbones).`,
        )
      }
      cut.clear()
      unreadable.clear()
      return notices
    },
  }
}

function texts(count: number): string {
  return count === 1 ? '1 text is' : `${count} texts are`
}
