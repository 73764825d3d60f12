import type { Dissected, InputPart } from '../contract/input-parts.js'

/** A text in at most so many parts that are read: where there are more, several neighbors are one. */
export function coarser(dissected: Dissected, most: number): Dissected {
  const { parts, keep } = dissected
  const texts = parts.flatMap((part) => ('text' in part && part.read !== false ? [part.text] : []))
  const size = Math.ceil(texts.length / most)
  if (size <= 1) return dissected
  const joined = Array.from({ length: Math.ceil(texts.length / size) }, (_, at): InputPart => ({
    text: texts.slice(at * size, (at + 1) * size).join(''),
  }))
  return {
    parts: [...joined, ...parts.slice(texts.length)],
    keep: (kept) => keep(texts.map((_, at) => kept[Math.floor(at / size)] as boolean)),
  }
}
