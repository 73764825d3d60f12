import type { Matrix } from '../contract/matrix.js'

/** Share of the largest number by which features that are alike differ at most: more than what batches of other sizes round. */
const tolerance = 1e-4

/** Whether all rows, of which there are at least two, hold nearly the same numbers: a head can tell nothing apart by them. */
export function allAlike({ rows, columns, data }: Matrix): boolean {
  let largest = 0
  for (const value of data) largest = Math.max(largest, Math.abs(value))
  return (
    rows > 1 && data.every((value, place) => Math.abs(value - (data[place % columns] as number)) <= tolerance * largest)
  )
}

/** Says that a network sees no difference between examples. */
export function describeAlike(name: string, backbone: string, { rows }: Matrix): string {
  const remedy =
    'Check whether the inputs can be seen at all (black pictures, a script that it cannot read), or take another backbone.'
  return `data set "${name}": the features of all ${rows} examples are alike: "${backbone}" sees no difference between them. ${remedy}`
}
