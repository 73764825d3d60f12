/** The tag of a language in one form: 'de' of 'deu', 'de-AT' and 'de_DE'; undefined for what is no tag. */
export function languageOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag.replaceAll('_', '-')).language
  } catch {
    return undefined
  }
}
