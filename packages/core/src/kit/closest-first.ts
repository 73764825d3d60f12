/** Names, those first that are spelled most nearly as one that was given; in their order where they are as near. */
export function closestFirst(names: readonly string[], given: string): string[] {
  const asked = given.toLowerCase()
  const near = new Map(names.map((name) => [name, edits(asked, name.toLowerCase())]))
  return names.toSorted((a, b) => (near.get(a) as number) - (near.get(b) as number))
}

/** Characters to insert, delete or replace to make one text of the other (the Levenshtein distance). */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, place) => place)
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < other.length; j++) {
      const replaced = (row[j] as number) + Number(one[i] !== other[j])
      next.push(Math.min(replaced, (row[j + 1] as number) + 1, (next[j] as number) + 1))
    }
    row = next
  }
  return row.at(-1) as number
}
