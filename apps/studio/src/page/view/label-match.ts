/**
 * The label that somebody means by its first letters: what is spelled the same, else the first that begins so, else the first that has it in
 * it. Undefined where no label does: a new one.
 */
export function labelMeant(typed: string, labels: readonly string[]): string | undefined {
  const wanted = typed.trim().toLowerCase()
  if (wanted === '') return undefined
  const lower = labels.map((label) => label.toLowerCase())
  const found = [
    (label: string) => label === wanted,
    (label: string) => label.startsWith(wanted),
    (label: string) => label.includes(wanted),
  ].map((fits) => lower.findIndex(fits))
  return labels[found.find((place) => place >= 0) ?? -1]
}

/** A number as somebody types it, with a point or a comma, as it is written; undefined for what is none. */
export function numberMeant(typed: string): string | undefined {
  const text = typed.trim().replace(/^(-?\d+),(\d+)$/, '$1.$2')
  return text !== '' && Number.isFinite(Number(text)) ? text : undefined
}
