/** A table as CSV: every cell in quotes. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const quoted = (cell: string | number): string => `"${String(cell).replaceAll('"', '""')}"`
  return [header, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('')
}

/** Ids of the items below, some of them odd: leading zeros, a comma, quotes, an emoji. */
export const ids = ['007', '7', 'a,b', 'say "hi"', '🎁', ...Array.from({ length: 15 }, (_, number) => `i${number}`)]

/** Twenty items, lamps and mugs in turn. */
export const items = table(
  ['item', 'title', 'category'],
  ids.map((id, number) => [
    id,
    `${number % 2 === 0 ? 'lamp' : 'mug'} ${number}`,
    number % 2 === 0 ? 'light' : 'kitchen',
  ]),
)

/** Rows of user, item and time: each user goes round among the lamps or the mugs from where it begins. */
export const rows = Array.from({ length: 40 }, (_, user) =>
  Array.from(
    { length: 6 },
    (__, step) => [`u${user}`, ids[(user + 2 * step) % 20] as string, 1_600_000_000 + 100 * step + user] as const,
  ),
).flat()

export const interactions = table(['user', 'item', 'timestamp'], rows)
