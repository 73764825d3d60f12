/** What is known of a card, in words: a number says of what it is one, 'coffee' says it by itself. */
export function detailsInWords(details: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(details)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => (Number.isNaN(Number(value)) ? value : `${name} ${value}`))
}
