import { sha256 } from '../kit/sha256.js'

/** Gives things ids by their content; of copies each its own, by the order in which they come. */
export class ContentIds {
  readonly #seen = new Map<string, number>()
  readonly #known: Map<string, string>

  /** @param known Ids of contents that were asked about before, to which others are added. */
  constructor(known = new Map<string, string>()) {
    this.#known = known
  }

  /** @param content A text, or the hash of a file. */
  of(content: string): string {
    const id = this.#known.get(content) ?? sha256(content).slice(0, 16)
    this.#known.set(content, id)
    const copies = (this.#seen.get(id) ?? 0) + 1
    this.#seen.set(id, copies)
    return copies === 1 ? id : `${id}-${copies}`
  }
}

/** Of the labeled ones among some, in whatever order: others for other examples or labels. */
export function labelsFingerprint(examples: readonly { readonly id: string; readonly label: string | null }[]): string {
  const labeled = examples.filter(({ label }) => label !== null)
  return sha256(...labeled.map(({ id, label }) => `${id} ${label}\n`).sort())
}
