/** Words of little meaning, a few of which are in nearly every sentence of English. */
const english = wordsIn(`
  the and of to is it that you for with this was my not have are but be what how can your i me we they he she his her from at on by
  an as or do does did has had were would will there their them if when where which who why so all just about
`)

/** The like of other languages in Latin letters, without what is a word of English, too. */
const others = wordsIn(`
  der das und ist nicht ich ein eine einen zu mit auf den für von im wie kann mein meine wir sie es dem bei oder aber auch wurde wird sind
  haben habe bitte wo zur zum nach noch keine bin
  le la les et une je vous dans que pas du mon ma avec ce qui mais votre est il au aux cette nous sont où
  el los las por para con mi del lo se como pero su está muy más cómo qué una yo esta
  di che non il per sono della ho mio gli questo questa nel alla anche è
  o os um uma não meu minha com da dos em você isso foi
  het een niet ik van voor dat zijn maar mijn ook wat hoe
  och att är inte jag det som på med för och har min
  nie się jest na że czy jak to moje
`)

/**
 * Whether a text reads like English: undefined where it has too few of the words that tell, as titles and names have.
 * Not which other language it is: that takes more words than a short text has.
 */
export function readsLikeEnglish(text: string): boolean | undefined {
  let [own, foreign] = [0, 0]
  for (const word of text
    .slice(0, mostCharacters)
    .toLowerCase()
    .match(/\p{L}+/gu) ?? []) {
    if (english.has(word)) own++
    else if (others.has(word)) foreign++
  }
  if (own === 0 && foreign < 2) return undefined
  return own >= foreign
}

/** Whether texts are of another language, by how many read like one: a name or two, or a greeting, says nothing of the data. */
export function areForeign(count: { readonly english: number; readonly foreign: number }): boolean {
  return count.foreign >= 3 && count.foreign > count.english / 4
}

/** Whether texts are evidently not English, or not English alone: by their words, or by letters that are not Latin. */
export function evidentlyForeign(texts: readonly string[]): boolean {
  const count = { english: 0, foreign: 0 }
  for (const text of texts) {
    const isEnglish = isInOtherLetters(text) ? false : readsLikeEnglish(text)
    if (isEnglish !== undefined) count[isEnglish ? 'english' : 'foreign']++
  }
  return areForeign(count)
}

function isInOtherLetters(text: string): boolean {
  const letters = text.slice(0, mostCharacters).match(/\p{L}/gu) ?? []
  const latin = letters.filter((letter) => /\p{Script=Latin}/u.test(letter))
  return latin.length < letters.length / 2
}

/** A longer text has told by then. */
const mostCharacters = 400

function wordsIn(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
