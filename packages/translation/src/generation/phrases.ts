/** How far required phrases are in a hypothesis. It is never changed: `after` gives the next one. */
export class Phrases {
  readonly #phrases: readonly (readonly number[])[]
  /** Those that are there. */
  readonly #done: readonly boolean[]
  /** The one that is begun, and how many of its tokens are there. */
  readonly #begun: { readonly phrase: number; readonly tokens: number } | undefined

  constructor(
    phrases: readonly (readonly number[])[],
    done: readonly boolean[] = phrases.map(() => false),
    begun?: { readonly phrase: number; readonly tokens: number },
  ) {
    this.#phrases = phrases
    this.#done = done
    this.#begun = begun
  }

  /** Tokens of phrases that are there. */
  get met(): number {
    const whole = this.#phrases.reduce((sum, phrase, place) => sum + (this.#done[place] ? phrase.length : 0), 0)
    return whole + (this.#begun?.tokens ?? 0)
  }

  /** Tokens of all phrases. */
  get total(): number {
    return this.#phrases.reduce((sum, phrase) => sum + phrase.length, 0)
  }

  get isMet(): boolean {
    return this.#done.every(Boolean)
  }

  /** Tokens that would go on with one that is begun, or begin one. */
  next(): number[] {
    if (this.#begun) return [this.#phrases[this.#begun.phrase]?.[this.#begun.tokens] as number]
    return [...new Set(this.#phrases.flatMap((phrase, place) => (this.#done[place] ? [] : [phrase[0] as number])))]
  }

  /** What is there with one more token. A phrase that is begun and not gone on with is not there. */
  after(id: number): Phrases {
    if (this.#phrases.length === 0) return this
    const goesOn = this.#begun && this.#phrases[this.#begun.phrase]?.[this.#begun.tokens] === id
    const begun = goesOn
      ? { phrase: this.#begun.phrase, tokens: this.#begun.tokens + 1 }
      : { phrase: this.#phrases.findIndex((phrase, place) => !this.#done[place] && phrase[0] === id), tokens: 1 }
    if (begun.phrase < 0) return new Phrases(this.#phrases, this.#done)
    if (begun.tokens < (this.#phrases[begun.phrase]?.length ?? 0)) return new Phrases(this.#phrases, this.#done, begun)
    return new Phrases(this.#phrases, this.#done.with(begun.phrase, true))
  }
}
