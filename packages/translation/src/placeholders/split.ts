/** A text in pieces that are translated each by itself, and how it is put together again. */
export interface Split {
  readonly pieces: readonly string[]
  join(pieces: readonly string[]): string
}

/** A text that is one piece. */
export function whole(text: string): Split {
  return { pieces: [text], join: ([piece = '']) => piece }
}

/** Each piece split further. */
export function splitFurther({ pieces, join }: Split, split: (piece: string) => Split): Split {
  const inner = pieces.map(split)
  return {
    pieces: inner.flatMap((one) => one.pieces),
    join: (all) => {
      let start = 0
      return join(inner.map((one) => one.join(all.slice(start, (start += one.pieces.length)))))
    },
  }
}

/** What stands around some words of a text. @param words In the order of the text. */
export function around(text: string, words: readonly string[]): Split {
  const pieces: string[] = []
  let rest = text
  for (const word of words) {
    const place = rest.indexOf(word)
    pieces.push(rest.slice(0, place))
    rest = rest.slice(place + word.length)
  }
  return {
    pieces: [...pieces, rest],
    join: (all) => all.map((piece, place) => piece + (words[place] ?? '')).join(''),
  }
}

/** What is between the first and the last letter or digit: signs at both ends stay as they are. */
export function insideOfSigns(text: string): Split {
  const inside = /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?/su.exec(text)
  if (!inside) return { pieces: [], join: () => text }
  const [piece] = inside
  return {
    pieces: [piece],
    join: ([said = '']) => text.slice(0, inside.index) + said + text.slice(inside.index + piece.length),
  }
}

/** Lines of a text, without the space around them: vocabularies have no line breaks. An empty text has none. */
export function lines(text: string): Split {
  const inner = text.trim()
  if (inner === '') return { pieces: [], join: () => text }
  const before = text.slice(0, text.indexOf(inner))
  const after = text.slice(before.length + inner.length)
  const parts = inner.split(/(\s*\n\s*)/)
  return {
    pieces: parts.filter((_, place) => place % 2 === 0),
    join: (pieces) =>
      before + parts.map((part, place) => (place % 2 === 0 ? (pieces[place / 2] ?? '') : part)).join('') + after,
  }
}

/**
 * A text in pieces of whole sentences, as long as they may be; a sentence that is too long by itself is split at words, a word at characters.
 * @param fits Whether a piece is short enough.
 */
export function sentences(text: string, fits: (piece: string) => boolean): Split {
  if (fits(text)) return whole(text)
  const smaller = (part: string, [unit, ...units]: readonly Unit[]): string[] =>
    fits(part) || !unit ? [part] : segments(part, unit).flatMap((one) => smaller(one, units))
  const found = smaller(text, ['sentence', 'word', 'grapheme'])
  const pieces: string[] = []
  for (const one of found) {
    const last = pieces.at(-1)
    if (last !== undefined && fits(last + one)) pieces[pieces.length - 1] = last + one
    else pieces.push(one)
  }
  const ends = pieces.map((piece) => /\s*$/.exec(piece)?.[0] ?? '')
  return {
    pieces: pieces.map((piece) => piece.trim()),
    join: (all) => all.map((piece, place) => piece + (ends[place] ?? '')).join(''),
  }
}

type Unit = 'sentence' | 'word' | 'grapheme'

function segments(text: string, granularity: Unit): string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity })
  // Of each segment V8 makes a copy of all that is segmented: of a long text these would be more than memory holds.
  const slices = text.match(/[^]{1,4095}\s|[^]{1,4096}/gu) ?? []
  return slices.flatMap((slice) => Array.from(segmenter.segment(slice), ({ segment }) => segment))
}
