/** Words that often stand for a missing value. */
const missing = new Set(['nan', 'null', 'none', 'n/a', 'na', '#n/a', 'undefined', '?', '-'])
/** Numbers of which there are more are measurements sooner than classes. */
const mostNumbers = 10

/** Names that are one but for capitals and white space, in the order in which they come. */
export function spellingsOf(labels: Iterable<string>): string[][] {
  const spellings = new Map<string, string[]>()
  for (const name of new Set(labels)) {
    const same = name.trim().replace(/\s+/g, ' ').toLowerCase()
    spellings.set(same, [...(spellings.get(same) ?? []), name])
  }
  return [...spellings.values()].filter((same) => same.length > 1)
}

/** Names that often stand for a missing value. */
export function missingNames(labels: Iterable<string>): string[] {
  return [...new Set(labels)].filter((name) => missing.has(name.trim().toLowerCase()))
}

/**
 * A name that looks like several in one: all of its parts stand in other names, too, and one of them by itself. Undefined where there is
 * none.
 */
export function joinedName(labels: Iterable<string>): string | undefined {
  const parts = new Map(
    [...new Set(labels)].map((name) => [name, new Set(name.split(/[,;|]/).map((one) => one.trim()))]),
  )
  const counts = new Map<string, number>()
  for (const own of parts.values()) for (const part of own) counts.set(part, (counts.get(part) ?? 0) + 1)
  const isJoined = (own: ReadonlySet<string>): boolean =>
    own.size > 1 && [...own].every((part) => (counts.get(part) ?? 0) > 1) && [...own].some((part) => parts.has(part))
  return [...parts].find(([, own]) => isJoined(own))?.[0]
}

/** What is odd about names of classes, in sentences with what to do; none where all is well. */
export function describeOddLabels(labels: Iterable<string>): string[] {
  const names = [...new Set(labels)]
  const messages: string[] = []
  const several = spellingsOf(names)
  if (several.length > 0) {
    const listed = several.slice(0, 3).map((same) => same.map(quoted).join(', '))
    messages.push(
      `Labels that differ by capitals alone are classes of their own: ${listed.join('; ')}. If they are one, spell it in one way.`,
    )
  }
  const empty = missingNames(names)
  if (empty.length > 0) {
    const are = empty.length === 1 ? 'is taken for a class' : 'are taken for classes'
    messages.push(`${empty.map(quoted).join(', ')} ${are}. If that means that the label is missing, remove these rows.`)
  }
  if (names.length > mostNumbers && areNumbers(names)) {
    messages.push(
      `All ${names.length} labels are numbers, and each is a class that knows nothing of the others. If they are amounts, learn a number (option kind 'regression'; on the command line: --kind regression).`,
    )
  }
  return messages
}

export function areNumbers(names: ReadonlySet<string> | readonly string[]): boolean {
  const all = [...names]
  return all.length > 0 && all.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))
}

/** Whether different names are measurements sooner than classes: many numbers, or numbers with decimals. */
export function areAmounts(names: ReadonlySet<string>): boolean {
  return areNumbers(names) && (names.size > mostNumbers || [...names].some((name) => !Number.isInteger(Number(name))))
}

function quoted(name: string): string {
  return `"${name}"`
}
