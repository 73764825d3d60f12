import { counted } from '../../kit/counted.js'
import { DataError } from '../../contract/errors.js'

/** Reads names of classes: without white space around them, which nobody means. */
export class ClassNames {
  readonly #path: string
  #trimmed = 0

  constructor(path: string) {
    this.#path = path
  }

  /** @throws DataError where there is no name. */
  of(line: number, value: unknown, column: string): string {
    const text = ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : ''
    const name = text.trim()
    if (name.length < text.length) this.#trimmed++
    if (name !== '') return name
    const got = value === '' ? 'an empty cell' : excerptOf(value)
    throw new DataError(`${this.#path}:${line}`, `a label in "${column}"`, got, 'Label the example or remove it.')
  }

  /** Says what was taken off. */
  finish(say: (message: string) => void): void {
    if (this.#trimmed > 0) say(`white space around ${counted(this.#trimmed, 'label')} is taken off.`)
  }
}

/** What stands there, for a message. */
export function excerptOf(value: unknown): string {
  const text = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one)) ?? 'nothing'
  return text.length > 120 ? `${text.slice(0, 120)}...` : text
}
