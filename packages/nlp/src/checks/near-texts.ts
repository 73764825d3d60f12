/** Two texts that are nearly the same, by their numbers, and the share of their shingles that they have in common. */
export interface NearTexts {
  readonly a: number
  readonly b: number
  readonly likeness: number
}

/** Characters of a shingle. */
const size = 3
/**
 * Shingles in common, of all that two texts have, from which on they are nearly the same. Chosen on the training half of trec6, into which
 * copies with a typo, another case, a word more or less were planted: all but 2 % were found, and 4 % of the pairs were other ones.
 */
const least = 0.75
/** Texts with fewer in common are so too where they have the same words, or the same numbers and but for a few letters the same text. */
const fewer = 0.5
/** Shingles of a short text: in a longer one a typo or two words in another order change little. */
const short = 100
/** Letters that differ, of all: a typo in a short text. */
const typos = 0.08

/**
 * Pairs of texts that are nearly the same: capitals, accents and punctuation aside, sets of three characters overlap for the most part
 * (resemblance of shingles: Broder, "On the resemblance and containment of documents", 1997). All such pairs are found: two sets that
 * overlap so much share one of their rarest members, so that only texts which share one are compared (prefix filtering: Bayardo, Ma and
 * Srikant, "Scaling up all pairs similarity search", 2007).
 */
export function nearTexts(texts: readonly string[], signal?: AbortSignal): NearTexts[] {
  const numbers = new Map<string, number>()
  const counts: number[] = []
  const plain = texts.map(plainText)
  const shingles = plain.map((text) => {
    const own = new Set<number>()
    for (const shingle of shinglesOf(text)) {
      const number = numbers.get(shingle) ?? numbers.size
      numbers.set(shingle, number)
      own.add(number)
    }
    for (const number of own) counts[number] = (counts[number] ?? 0) + 1
    return own
  })
  const sets = shingles.map((own) =>
    Int32Array.from(own).sort((a, b) => (counts[a] as number) - (counts[b] as number) || a - b),
  )
  /** Texts so far that have a shingle among their rarest. */
  const having = new Map<number, number[]>()
  const pairs: NearTexts[] = []
  for (const [b, set] of sets.entries()) {
    if (b % 1024 === 0) signal?.throwIfAborted()
    const candidates = new Set<number>()
    // Of two sets that overlap by a share t of all, as much as t of each is in common: at least one of its first (1 - t) · size + 1.
    const common = Math.ceil(leastOf(set.length) * set.length)
    for (const shingle of set.subarray(0, set.length - common + 1)) {
      const others = having.get(shingle)
      for (const other of others ?? []) candidates.add(other)
      if (others) others.push(b)
      else having.set(shingle, [b])
    }
    for (const a of candidates) {
      const likeness = overlap(sets[a] as Int32Array, set, shingles[b] as Set<number>)
      if (likeness >= least || (likeness >= fewer && differsByLittle(plain[a] as string, plain[b] as string)))
        pairs.push({ a, b, likeness })
    }
  }
  return pairs
}

/** Least share of shingles that a text of so many has in common with another to be compared with it. */
function leastOf(shingles: number): number {
  return shingles < short ? fewer : least
}

/** Shingles in common, of all; 0 where they are too few. */
function overlap(a: Int32Array, b: Int32Array, inB: ReadonlySet<number>): number {
  const needed = leastOf(Math.max(a.length, b.length))
  if (Math.min(a.length, b.length) < needed * Math.max(a.length, b.length)) return 0
  // So many of a can be missing from b at most.
  let left = a.length - Math.ceil((needed / (1 + needed)) * (a.length + b.length))
  let common = 0
  for (const shingle of a) {
    if (inB.has(shingle)) common++
    else if (left-- === 0) return 0
  }
  return common / (a.length + b.length - common)
}

/** Words in small letters, without accents and punctuation. */
function plainText(text: string): string {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu)
  // A text of other signs alone, such as smileys, is what it is.
  return words?.join(' ').replace(/\p{M}/gu, '') ?? text.trim()
}

function shinglesOf(text: string): string[] {
  const characters = Array.from(` ${text} `)
  const count = Math.max(1, characters.length - size + 1)
  return Array.from({ length: count }, (_, place) => characters.slice(place, place + size).join(''))
}

/** Whether two texts have the same words, or the same but for a few letters, numbers excepted: 100 and 200 are no typo. */
function differsByLittle(a: string, b: string): boolean {
  const sorted = (text: string): string => text.split(' ').sort().join(' ')
  if (sorted(a) === sorted(b)) return true
  const numbers = (text: string): string => text.match(/\d+/g)?.join() ?? ''
  const most = Math.max(1, Math.floor(typos * Math.max(a.length, b.length)))
  return numbers(a) === numbers(b) && isWithin(a, b, most)
}

/** Whether one text becomes another by so many insertions, deletions and replacements (Ukkonen 1985: within a band). */
function isWithin(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false
  const far = most + 1
  let last = Array.from({ length: b.length + 1 }, (_, column) => Math.min(column, far))
  for (let row = 1; row <= a.length; row++) {
    const next = Array<number>(b.length + 1).fill(far)
    if (row <= most) next[0] = row
    for (let column = Math.max(1, row - most); column <= Math.min(b.length, row + most); column++) {
      const replaced = (last[column - 1] as number) + Number(a[row - 1] !== b[column - 1])
      next[column] = Math.min(replaced, (last[column] as number) + 1, (next[column - 1] as number) + 1, far)
    }
    last = next
  }
  return (last[b.length] as number) <= most
}
