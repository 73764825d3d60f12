/** A rectangle of a picture, in pixels of the picture as it is shown, from its upper left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What an input consists of: a word of a text, a rectangle of a picture. */
export type InputPart = ({ readonly text: string } | { readonly box: Box }) & {
  /** False where the network reads nothing of it: it lies behind what it reads. Default true. */
  readonly read?: boolean
}

/** An input as parts, of which any can be left out. */
export interface Dissected {
  /** In order; together they are the input. */
  readonly parts: readonly InputPart[]
  /** Such an input with those parts alone for which it is true; what is not read is left out anyway. */
  keep(kept: readonly boolean[]): unknown
  /** Where the parts stand among the tokens that the network reads; undefined where nobody can tell. */
  tokens?(): PartsOfTokens | undefined
  /** A picture of the parts' weights, as a PNG; undefined for what is said in words. */
  overlay?(weights: readonly number[]): Promise<Uint8Array>
}

/** Which part each token of an input is of. */
export interface PartsOfTokens {
  /** Name of the network's input that takes the numbers of tokens. */
  readonly input: string
  /** For each number of the tensor that one such input makes, in order: that of its part, or -1 of special tokens and those that fill up. */
  readonly parts: readonly number[]
}

/** How many parts a picture has, in each direction. */
export interface Grid {
  readonly rows: number
  readonly columns: number
}
