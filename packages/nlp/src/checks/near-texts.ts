/** Two texts that are nearly the same, by their numbers, and the share of their shingles that they have in common. */
export interface NearTexts {
  readonly a: number
  readonly b: number
  readonly likeness: number
}

/** Characters of a shingle, of short texts and of long ones. */
const size = 3
const longSize = 9
/**
 * Characters of a long text: two texts of so many in one language have many sets of three in common, whatever they say, and of nine few
 * (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", section 3.2.2: 9 for large documents).
 */
const long = 3000
/** Different shingles of a long text that all count; of four times as many one in four does. */
const most = 3000
/**
 * Shingles in common, of all that two texts have, from which on they are nearly the same. Chosen on the training half of trec6, into which
 * copies with a typo, another case, a word more or less were planted: all but 2 % were found, and 4 % of the pairs were other ones.
 */
const least = 0.75
/** Texts with fewer in common are so too where they have the same words, or the same numbers and but for a few letters the same text. */
const fewer = 0.5
/** Shingles of a short text: in a longer one a typo or two words in another order change little. */
const short = 100
/** Rarest members that two sets share before they are compared: with more of them fewer are, and more are looked at. */
const shared = 8
/** Letters that differ, of all: a typo in a short text. */
const typos = 0.08

/**
 * Pairs of texts that are nearly the same: capitals, accents and punctuation aside, sets of three characters overlap for the most part; of
 * long texts a random part of those of nine, which estimates the same (resemblance of shingles, and its sketch by hashes that are 0 modulo m:
 * Broder, "On the resemblance and containment of documents", 1997).
 */
export function nearTexts(texts: readonly string[], signal?: AbortSignal): NearTexts[] {
  const plain = texts.map(plainText)
  const shinglesOf = shinglesIn()
  const sketches = plain.map((text) => sketchOf(text, shinglesOf))
  const levels = [...new Set(sketches.map(({ own }) => own))]
  return levels.flatMap((level) => {
    const rows = [...plain.keys()].filter((row) => sketches[row]?.sets.has(level))
    const sets = rows.map((row) => sketches[row]?.sets.get(level) as ReadonlySet<number>)
    return pairsAmong(rows, plain, byRarity(sets), level, signal).filter(
      ({ a, b }) => sketches[a]?.own === level || sketches[b]?.own === level,
    )
  })
}

/** Shingles of a text by level: its own, and those of others that are nearly the same and a little shorter. */
interface Sketch {
  readonly own: number
  readonly sets: ReadonlyMap<number, ReadonlySet<number>>
}

/** @param shinglesOf Those of three characters, which are level 0; on the others one shingle of nine in 4^(level - 1) counts. */
function sketchOf(text: string, shinglesOf: (text: string) => Set<number>): Sketch {
  if (text.length < long) return { own: 0, sets: new Map([[0, shinglesOf(text)]]) }
  const all = hashesOf(text)
  const levelOf = (count: number): number => (count < most ? 1 : 2 + Math.floor(Math.log(count / most) / Math.log(4)))
  const own = levelOf(all.size)
  const sets = new Map([own, levelOf(least * all.size)].map((level) => [level, sampleOf(all, level)]))
  return { own, sets: least * text.length < long ? sets.set(0, shinglesOf(text)) : sets }
}

/**
 * All pairs of rows that are nearly the same by their sets: two that overlap so much share some of their rarest members, so that only
 * texts which do are compared (prefix filtering: Bayardo, Ma and Srikant, "Scaling up all pairs similarity search", 2007; by several
 * members: Wang, Li and Feng, "Can we beat the prefix filtering?", 2012, lemma 2).
 */
function pairsAmong(
  rows: readonly number[],
  plain: readonly string[],
  sets: readonly Int32Array[],
  level: number,
  signal: AbortSignal | undefined,
): NearTexts[] {
  /** Least share that a set of so many has in common with another for their texts to be compared. */
  const leastOf = (length: number): number => (level === 0 && length < short ? fewer : least)
  // Of two sets that overlap by a share t of all, as much as t of each is in common.
  const common = sets.map(({ length }) => Math.ceil(leastOf(length) * length))
  /** Places so far that have a member among their rarest. */
  const having: number[][] = []
  /** How many of these each place shares with the one that is looked at. */
  const hits = new Int32Array(sets.length)
  const pairs: NearTexts[] = []
  for (const [place, set] of sets.entries()) {
    if (place % 1024 === 0) signal?.throwIfAborted()
    const own = common[place] as number
    const met: number[] = []
    for (const member of set.subarray(0, set.length - own + Math.min(shared, own))) {
      const others = (having[member] ??= [])
      for (const other of others) {
        if (hits[other] === 0) met.push(other)
        hits[other] = (hits[other] as number) + 1
      }
      others.push(place)
    }
    for (const other of met) {
      const isEnough = (hits[other] as number) >= Math.min(shared, own, common[other] as number)
      hits[other] = 0
      if (!isEnough) continue
      const [a, b] = [rows[other] as number, rows[place] as number]
      const before = sets[other] as Int32Array
      const likeness = overlap(before, set, leastOf(Math.max(before.length, set.length)))
      if (likeness >= least || (likeness >= fewer && differsByLittle(plain[a] as string, plain[b] as string)))
        pairs.push({ a, b, likeness })
    }
  }
  return pairs
}

/** Sets of numbers with their members as ranks, the rarest first. */
function byRarity(sets: readonly ReadonlySet<number>[]): Int32Array[] {
  const counts = new Map<number, number>()
  for (const set of sets) for (const member of set) counts.set(member, (counts.get(member) ?? 0) + 1)
  const order = [...counts].sort(([a, m], [b, n]) => m - n || a - b)
  const ranks = new Map(order.map(([member], rank) => [member, rank]))
  return sets.map((set) => Int32Array.from(set, (member) => ranks.get(member) as number).sort())
}

/** Members in common, of all, of two rising lists; 0 where they are too few. */
function overlap(a: Int32Array, b: Int32Array, needed: number): number {
  if (Math.min(a.length, b.length) < needed * Math.max(a.length, b.length)) return 0
  // So many of a can be missing from b at most.
  let left = a.length - Math.ceil((needed / (1 + needed)) * (a.length + b.length))
  let [common, place] = [0, 0]
  for (const member of a) {
    while (place < b.length && (b[place] as number) < member) place++
    if (b[place] === member) common++
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

/** Sets of three characters, as numbers that are given as they come. */
function shinglesIn(): (text: string) => Set<number> {
  const numbers = new Map<string, number>()
  return (text) => {
    const padded = ` ${text} `
    const count = Math.max(1, padded.length - size + 1)
    const own = new Set<number>()
    for (let place = 0; place < count; place++) {
      const shingle = padded.slice(place, place + size)
      const number = numbers.get(shingle) ?? numbers.size
      numbers.set(shingle, number)
      own.add(number)
    }
    return own
  }
}

/** Hashes of sets of nine characters, of 32 bits. */
function hashesOf(text: string): Set<number> {
  const own = new Set<number>()
  // Karp and Rabin 1987: the hash of the next window from that of this one.
  let [hash, gone] = [0, 1]
  for (let place = 0; place < longSize; place++) gone = Math.imul(gone, base)
  for (let place = 0; place < text.length; place++) {
    hash = (Math.imul(hash, base) + text.charCodeAt(place)) | 0
    if (place >= longSize) hash = (hash - Math.imul(gone, text.charCodeAt(place - longSize))) | 0
    if (place >= longSize - 1) own.add(mix(hash))
  }
  return own
}

/** Those that a level counts, of 22 bits each, so that there are not too many different ones to keep. */
function sampleOf(hashes: ReadonlySet<number>, level: number): Set<number> {
  const rate = 4 ** (level - 1)
  const own = new Set<number>()
  for (const hash of hashes) if (hash % rate === 0) own.add(Math.floor(hash / rate) % 2 ** 22)
  return own
}

const base = 0x01000193

/** Every bit from all bits of a number (the end of MurmurHash3). */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
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
