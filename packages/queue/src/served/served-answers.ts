/** Answers that a shop's pages or a service look up by a key, such as a user: all of one night, until those of the next stand in their place. */
export interface ServedAnswers {
  /** The answer of a key; undefined where there is none. */
  get(key: string): Promise<Answer | undefined>
  /**
   * Puts these in the place of all that were there, at once: who asks meanwhile gets the old ones.
   * @returns How many there are.
   */
  replace(answers: AsyncIterable<KeyedAnswer>): Promise<number>
}

/** Fields of an answer. */
export type Answer = Readonly<Record<string, unknown>>

/** An answer and the key that it is looked up by. */
export interface KeyedAnswer {
  readonly key: string
  readonly answer: Answer
}

/** Answers that are written at once. */
export const atOnce = 1000

/** In groups, none larger than `atOnce`. */
export async function* groupsOf<T>(all: AsyncIterable<T>): AsyncGenerator<T[]> {
  let group: T[] = []
  for await (const one of all) {
    group.push(one)
    if (group.length < atOnce) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
