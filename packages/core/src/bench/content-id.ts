import { sha256 } from '../kit/sha256.js'

/** Gives things ids by their content; of copies each its own, by the order in which they come. */
export class ContentIds {
  readonly #seen = new Map<string, number>()

  /** @param content A text, or the hash of a file. */
  of(content: string): string {
    const id = sha256(content).slice(0, 16)
    const copies = (this.#seen.get(id) ?? 0) + 1
    this.#seen.set(id, copies)
    return copies === 1 ? id : `${id}-${copies}`
  }
}
