/** An id without the spaces around it, and without the `.0` that tools put behind whole numbers when cells are missing. */
export function plainId(id: string): string {
  const trimmed = id.trim()
  return trimmed.endsWith('.0') && /^\d+\.0$/.test(trimmed) ? trimmed.slice(0, -2) : trimmed
}

/** Makes ids of a table plain, and says at the end how many it had to change. */
export class PlainIds {
  #spaced = 0
  #pointed = 0

  of(text: string): string {
    // Most ids are plain, and there are two in each row: letters, digits but 0 at the end, no space before.
    const last = text.charCodeAt(text.length - 1)
    if (last > 48 && last < 127 && text.charCodeAt(0) > 32 && text.charCodeAt(0) < 127) return text
    const id = plainId(text)
    if (id !== text) {
      if (id.length === text.trim().length) this.#spaced++
      else this.#pointed++
    }
    return id
  }

  finish(say: (message: string) => void): void {
    if (this.#spaced > 0) say(`spaces around ${this.#spaced} ids are taken off.`)
    if (this.#pointed > 0) say(`".0" at the end of ${this.#pointed} ids is taken off: 3.0 is read as 3.`)
  }
}
