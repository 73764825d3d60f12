/** How rows of a table end: at each line end, or at those outside of quotes. */
export type RowEnds = 'lines' | 'quoted'

/** A piece of bytes, from a place to before another, with so many rows. */
export interface Piece {
  readonly start: number
  readonly end: number
  readonly rows: number
}

const [lineFeed, carriageReturn, quote, backslash] = [0x0a, 0x0d, 0x22, 0x5c]

/**
 * Cuts a stream of bytes after each `most` rows; lines without anything are no rows.
 * @param header Bytes at the beginning that belong to no piece.
 * @param onBytes Told of the bytes of each piece as they pass, and of its end.
 * @returns undefined where quotes with backslashes, which count otherwise, or old Macs' line ends are met.
 */
export async function cutAtRows(
  bytes: AsyncIterable<Uint8Array>,
  ends: RowEnds,
  most: number,
  header: number,
  onBytes: (bytes: Uint8Array, isEnd: boolean) => void,
): Promise<Piece[] | undefined> {
  const pieces: Piece[] = []
  let [position, start, rows] = [0, header, 0]
  let [isQuoted, isEmpty, previous] = [false, true, 0]
  for await (const chunk of bytes) {
    let sent = Math.min(Math.max(0, header - position), chunk.length)
    for (let at = sent; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (ends === 'quoted') {
        if (byte === quote) {
          if (previous === backslash) return undefined
          isQuoted = !isQuoted
        } else if (previous === carriageReturn && byte !== lineFeed && byte !== carriageReturn && !isQuoted) {
          return undefined
        }
      }
      previous = byte
      if (byte !== lineFeed || isQuoted) {
        if (byte !== carriageReturn) isEmpty = false
        continue
      }
      if (!isEmpty) rows++
      isEmpty = true
      if (rows < most) continue
      const end = position + at + 1
      onBytes(chunk.subarray(sent, at + 1), true)
      sent = at + 1
      pieces.push({ start, end, rows })
      ;[start, rows] = [end, 0]
    }
    if (sent < chunk.length) onBytes(chunk.subarray(sent), false)
    position += chunk.length
  }
  if (!isEmpty) rows++
  if (position > start && rows > 0) {
    onBytes(new Uint8Array(0), true)
    pieces.push({ start, end: position, rows })
  }
  return pieces
}
