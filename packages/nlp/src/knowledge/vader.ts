/**
 * The rules of VADER (Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", 2014),
 * as the package `vader-sentiment` has them, of which they are the oracle in the tests; in time that grows with the text alone.
 */

/** What a text says, by its words. */
export interface Valence {
  /** The sum of the words, between -1 and 1. */
  readonly compound: number
  /** Shares of the text that are positive and negative. */
  readonly positive: number
  readonly negative: number
}

/** How much the degree of a word before one counts, in the unit of the words' values (the paper, section 3.3). */
const degree = 0.293
const shouting = 0.733
const negation = -0.74

const boosters = `absolutely amazingly awfully completely considerably decidedly deeply effing enormously entirely especially
  exceptionally extremely fabulously flipping flippin fricking frickin frigging friggin fully fucking greatly hella highly hugely
  incredibly intensely majorly more most particularly purely quite really remarkably so substantially thoroughly totally
  tremendously uber unbelievably unusually utterly very`
const dampers = `almost barely hardly kinda kindof kind-of less little marginally occasionally partly scarcely slightly somewhat
  sorta sortof sort-of`
const degrees = new Map<string, number>([
  ...listed(boosters).map((word) => [word, degree] as const),
  ...listed(dampers).map((word) => [word, -degree] as const),
])
/** Degrees of two words. */
const pairs = new Set(['just enough', 'kind of', 'sort of'])

const negations = new Set(
  listed(`aint arent cannot cant couldnt darent didnt doesnt ain't aren't can't couldn't daren't didn't doesn't dont hadnt hasnt
    havent isnt mightnt mustnt neither don't hadn't hasn't haven't isn't mightn't mustn't neednt needn't never none nope nor not
    nothing nowhere oughtnt shant shouldnt uhuh wasnt werent oughtn't shan't shouldn't uh-uh wasn't weren't without wont wouldnt
    won't wouldn't rarely seldom despite`),
)

const idioms = new Map([
  ['the shit', 3],
  ['the bomb', 3],
  ['bad ass', 1.5],
  ['yeah right', -2],
  ['cut the mustard', 2],
  ['kiss of death', -1.5],
  ['hand to mouth', -2],
])

/** Signs before or behind a word that are no part of it. */
const around = new Set([
  '.',
  '!',
  '?',
  ',',
  ';',
  ':',
  '-',
  "'",
  '"',
  '!!',
  '!!!',
  '??',
  '???',
  '?!?',
  '!?!',
  '?!?!',
  '!?!?',
])
const signs = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/
const leading = /^[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]+/
const trailing = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]+$/

function listed(words: string): string[] {
  return words.split(/\s+/)
}

/** Whether a word turns round what is said after it. */
export function isNegation(word: string): boolean {
  return negations.has(word) || word.includes("n't")
}

/**
 * @param lexicon Value of each word and smiley, between -4 and 4.
 */
export function valenceOf(text: string, lexicon: ReadonlyMap<string, number>): Valence {
  const words = wordsOf(text)
  if (words.length === 0) return { compound: 0, positive: 0, negative: 0 }
  const lower = words.map((word) => word.toLowerCase())
  const capitals = words.map((word, at) => word !== lower[at] && isCapital(word))
  const shouted = capitals.filter(Boolean).length
  const someShouted = shouted > 0 && shouted < words.length
  const but = words.includes('but') ? words.indexOf('but') : words.indexOf('BUT')

  const values = words.map((_, at) => {
    if (degrees.has(lower[at] as string)) return 0
    if (lower[at] === 'kind' && lower[at + 1] === 'of') return 0
    const value = valueAt(at)
    if (but < 0 || at === but) return value
    return value * (at < but ? 0.5 : 1.5)
  })

  function valueAt(at: number): number {
    const known = lexicon.get(lower[at] as string)
    if (known === undefined) return 0
    let value = known
    if (capitals[at] && someShouted) value += value > 0 ? shouting : -shouting
    for (let back = 1; back <= 3 && back <= at; back++) {
      const before = at - back
      if (lexicon.has(lower[before] as string)) continue
      value += degreeAt(before, value) * (1.05 - 0.05 * back)
      value = turned(value, at, back)
      if (back === 3) value = inIdiom(value, at)
    }
    const least = lower[at - 1] === 'least' && !lexicon.has('least')
    const atLeast = at > 1 && (lower[at - 2] === 'at' || lower[at - 2] === 'very')
    return least && !atLeast ? value * negation : value
  }

  function degreeAt(at: number, value: number): number {
    const found = degrees.get(lower[at] as string)
    if (found === undefined) return 0
    const own = value < 0 ? -found : found
    if (!(someShouted && capitals[at])) return own
    return own + (value > 0 ? shouting : -shouting)
  }

  function turned(value: number, at: number, back: number): number {
    const soOrThis = (word: string | undefined): boolean => word === 'so' || word === 'this'
    if (back === 2 && words[at - 2] === 'never' && soOrThis(words[at - 1])) return value * 1.5
    if (back === 3 && ((words[at - 3] === 'never' && soOrThis(words[at - 2])) || soOrThis(words[at - 1])))
      return value * 1.25
    return isNegation(words[at - back] as string) ? value * negation : value
  }

  function inIdiom(value: number, at: number): number {
    const run = (from: number, to: number): string => words.slice(at + from, at + to + 1).join(' ')
    const first = [run(-1, 0), run(-2, 0), run(-2, -1), run(-3, -1), run(-3, -2)].find((one) => idioms.has(one))
    let own = first === undefined ? value : (idioms.get(first) as number)
    if (at + 1 < words.length) own = idioms.get(run(0, 1)) ?? own
    if (at + 2 < words.length) own = idioms.get(run(0, 2)) ?? own
    const isDegree = [run(-3, -2), run(-2, -1)].some((one) => pairs.has(one))
    return isDegree ? own - degree : own
  }

  return summed(values, emphasis(text))
}

function summed(values: readonly number[], emphasized: number): Valence {
  let [sum, positive, negative, neutral] = [0, 0, 0, 0]
  for (const value of values) {
    sum += value
    // A word counts as one more than its value, as neutral ones count as one.
    if (value > 0) positive += value + 1
    else if (value < 0) negative += 1 - value
    else neutral++
  }
  sum += Math.sign(sum) * emphasized
  if (positive > negative) positive += emphasized
  else if (positive < negative) negative += emphasized
  const all = positive + negative + neutral
  return { compound: sum / Math.sqrt(sum * sum + 15), positive: positive / all, negative: negative / all }
}

/** What exclamation and question marks add. */
function emphasis(text: string): number {
  let [exclaimed, asked] = [0, 0]
  for (const sign of text) {
    if (sign === '!') exclaimed++
    else if (sign === '?') asked++
  }
  return Math.min(exclaimed, 4) * 0.292 + (asked <= 1 ? 0 : asked <= 3 ? asked * 0.18 : 0.96)
}

const letters = /^[A-Za-z0-9]+$/

/** Words without the signs around them; smileys and contractions as they are. */
function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const word of text.split(/\s/)) if (word.length > 1) words.push(letters.test(word) ? word : withoutSigns(word))
  return words
}

/** A word without the signs before it, or behind it, where no other signs are in it. */
function withoutSigns(word: string): string {
  for (const side of [leading, trailing]) {
    const sign = side.exec(word)?.[0]
    if (sign === undefined || !around.has(sign)) continue
    const rest = side === leading ? word.slice(sign.length) : word.slice(0, -sign.length)
    if (rest.length > 1 && !signs.test(rest)) return rest
  }
  return word
}

function isCapital(word: string): boolean {
  return /^[^a-z]*[A-Z]+[^a-z]*$/.test(word)
}
