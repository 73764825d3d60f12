import { languageOf } from '../files/language-of.js'

/** What tells the few of Slavic languages: 2 to 4, but for 12 to 14. */
const few = 'n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20)'

/** The header Plural-Forms by language, as the manual of GNU gettext has them ("Plural forms"). */
const headers: readonly (readonly [languages: string, forms: number, plural: string])[] = [
  ['ja ko zh vi th id ms lo my', 1, '0'],
  ['fr', 2, 'n > 1'],
  ['lv', 3, 'n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2'],
  ['ro', 3, 'n==1 ? 0 : n==0 || (n%100 > 0 && n%100 < 20) ? 1 : 2'],
  ['lt', 3, 'n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2'],
  ['ru uk be sr hr bs', 3, `n%10==1 && n%100!=11 ? 0 : ${few} ? 1 : 2`],
  ['pl', 3, `n==1 ? 0 : ${few} ? 1 : 2`],
  ['cs sk', 3, 'n==1 ? 0 : n>=2 && n<=4 ? 1 : 2'],
  ['sl', 4, 'n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3'],
  ['ar', 6, 'n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5'],
]

/** The header Plural-Forms of a language; of most languages one and many. */
export function pluralFormsOf(tag: string): string {
  const language = languageOf(tag) ?? tag
  const isBrazilian = /^pt[-_]br$/i.test(tag)
  const [, forms, plural] = headers.find(([languages]) =>
    languages.split(' ').includes(isBrazilian ? 'fr' : language),
  ) ?? ['', 2, 'n != 1']
  return `nplurals=${forms}; plural=(${plural});`
}
