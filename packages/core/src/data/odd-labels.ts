/** Words that often stand for a missing value. */
const missing = new Set(['nan', 'null', 'none', 'n/a', 'na', '#n/a', 'undefined', '?', '-'])
/** Numbers of which there are more are measurements sooner than classes. */
const mostNumbers = 10

/** What is odd about names of classes, in sentences with what to do; none where all is well. */
export function describeOddLabels(labels: Iterable<string>): string[] {
  const names = [...new Set(labels)]
  const messages: string[] = []
  const spellings = new Map<string, string[]>()
  for (const name of names) {
    const same = name.toLowerCase()
    spellings.set(same, [...(spellings.get(same) ?? []), name])
  }
  const several = [...spellings.values()].filter((same) => same.length > 1)
  if (several.length > 0) {
    const listed = several.slice(0, 3).map((same) => same.map(quoted).join(', '))
    messages.push(
      `Labels that differ by capitals alone are classes of their own: ${listed.join('; ')}. If they are one, spell it in one way.`,
    )
  }
  const empty = names.filter((name) => missing.has(name.trim().toLowerCase()))
  if (empty.length > 0) {
    const are = empty.length === 1 ? 'is taken for a class' : 'are taken for classes'
    messages.push(`${empty.map(quoted).join(', ')} ${are}. If that means that the label is missing, remove these rows.`)
  }
  if (names.length > mostNumbers && names.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))) {
    messages.push(
      `All ${names.length} labels are numbers, and each is a class that knows nothing of the others. If they are amounts, learn a number (option kind 'regression'; on the command line: --kind regression).`,
    )
  }
  return messages
}

function quoted(name: string): string {
  return `"${name}"`
}
