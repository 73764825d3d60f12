/**
 * The columns that are named by languages, by the tags of these: `en`, `de_DE`, `German`. Beside two others, and by themselves, `id` and `no`
 * are no Indonesian and Norwegian, but numbers of rows.
 */
export function languageColumns(names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const name of names) {
    const tag = tagOf(name.trim())
    if (tag !== undefined && !found.has(tag)) found.set(tag, name)
  }
  const numbers = ['id', 'no'].filter((tag) => found.has(tag))
  if (found.size > 2 || found.size === numbers.length) for (const tag of numbers) found.delete(tag)
  return found
}

const english = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })
const letters = [...'abcdefghijklmnopqrstuvwxyz']
/** Tags by the English names of their languages, which are made when they are first asked for. */
let byName: ReadonlyMap<string, string> | undefined

function tagOf(name: string): string | undefined {
  const [, language = '', rest = ''] = /^([A-Za-z]{2,3})((?:[-_][A-Za-z]{2,4}){0,2})$/.exec(name) ?? []
  const tag = language.toLowerCase()
  if (tag !== '' && isLanguage(tag)) return tag + rest
  byName ??= new Map(
    letters
      .flatMap((first) => letters.map((second) => first + second))
      .filter(isLanguage)
      .map((one) => [(english.of(one) as string).toLowerCase(), one]),
  )
  return byName.get(name.toLowerCase())
}

function isLanguage(tag: string): boolean {
  try {
    return english.of(tag) !== undefined
  } catch {
    return false
  }
}
