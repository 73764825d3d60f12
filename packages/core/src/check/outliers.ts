import type { Nearest } from './nearest.js'

/** Fewest examples of which one can be said to be unlike the others. */
const fewest = 20
/** Nearest examples whose mean likeness counts. */
const asked = 5
/** Quartile ranges below the lower quartile from which on it is far out (Tukey, "Exploratory Data Analysis", 1977). */
const far = 3

/**
 * Examples that are unlike all others: the mean cosine to their nearest is far below that of the rest.
 * @returns Their numbers and how alike the nearest are, the least alike first.
 */
export function outliersOf({ count, cosines }: Nearest): { readonly row: number; readonly likeness: number }[] {
  const rows = count === 0 ? 0 : cosines.length / count
  const near = Math.min(asked, count)
  const likeness = Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let at = row * count; at < row * count + near; at++) sum += cosines[at] as number
    return sum / near
  })
  if (rows < fewest) return []
  const sorted = likeness.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.floor(rows / 4)] as number, sorted[Math.floor((3 * rows) / 4)] as number]
  const fence = low - far * (high - low)
  return [...likeness.keys()]
    .filter((row) => (likeness[row] as number) < fence)
    .map((row) => ({ row, likeness: likeness[row] as number }))
    .sort((a, b) => a.likeness - b.likeness)
}
