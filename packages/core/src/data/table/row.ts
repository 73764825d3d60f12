/** One row of a data file: its cells by column, and the line on which it begins. */
export interface Row {
  readonly line: number
  readonly cells: Readonly<Record<string, unknown>>
}
