import type { InputError } from './errors.js'

/**
 * Files of queries with a file of answers to each, in which some may stand already: catalogs of texts in two languages. Paths are
 * those of the queries and of the answers.
 */
export interface Fills<Query, Answer> {
  /** What such a file is: 'a catalog of texts'. */
  readonly what: string
  /** What such a file of answers is, for a help text: 'a catalog (.json, .po)'. */
  readonly help: string
  /** Whether these are such files, by their names. */
  fits(from: string, to: string): boolean
  /** Such files of a folder, and those of another folder that they are filled into; none where it is no folder with such. */
  inFolder(from: string, to: string): Promise<readonly { readonly from: string; readonly to: string }[]>
  /**
   * What is still to be answered. The file of answers need not be there.
   * @throws DataError for a file that is none of its kind; FileError for one that cannot be read.
   */
  open(from: string, to: string): Promise<Gaps<Query, Answer>>
}

/** What is missing in a file of answers. */
export interface Gaps<Query, Answer> {
  readonly queries: readonly Query[]
  /** Answers that are there, and stay as they are. */
  readonly kept: number
  /** The file with answers in its gaps, in the order of the queries; a gap of which the answer is an error, or nothing, stays one. */
  filled(answers: readonly (Answer | InputError)[]): {
    readonly bytes: Uint8Array
    /** How many gaps are filled now. */
    readonly filled: number
    /** What is to be looked at, a sentence each, with its place in the file. */
    readonly remarks: readonly string[]
  }
}
