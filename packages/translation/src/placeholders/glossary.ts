import { wholeWord } from './find-placeholders.js'

/** How terms are translated. */
export type Glossary = Readonly<Record<string, string>>

/** Translations of the terms that a source has, by term. */
export function termsIn(source: string, glossary: Glossary): [term: string, target: string][] {
  return Object.entries(glossary).filter(([term]) => term !== '' && new RegExp(wholeWord(term), 'iu').test(source))
}

/** What a target lacks of the translations of terms, in sentences. */
export function glossaryProblems(terms: readonly (readonly [string, string])[], target: string): string[] {
  const said = target.toLowerCase()
  return terms.flatMap(([term, wanted]) =>
    said.includes(wanted.toLowerCase()) ? [] : [`${wanted}, which the glossary has for ${term}, is missing.`],
  )
}
