import { type Backbone, checkData, type Dataset, dataset, type Issue } from '@headstart/core'
import { type Random, random } from '@headstart/core/kit'
import { atLeast, atMost, type Figure } from '../figure.js'
import { universalSentenceEncoder } from '@headstart/nlp'
import { type ImageInput, mobileNetV2 } from '@headstart/vision'
import sharp from 'sharp'
import { secondsOf, spreadOf } from '../measure.js'
import { type Asked, isAsked } from './asked.js'
import { pictures, texts } from './data.js'

/** Draws of the examples. */
const usualDraws = 10
/** Examples of each class. */
const perClass = 48

/** Labels of which one in ten was changed, and texts of which one in ten was copied with a change: what `checkData` finds of them. */
export async function check(asked: Asked): Promise<Figure[]> {
  const { folder, draws = usualDraws } = asked
  const encoder = await universalSentenceEncoder()
  const figures: Figure[] = []
  for (const name of ['text/trec6', 'chat/clinc-a'].filter((one) => isAsked(asked, one))) {
    const { train } = await texts(folder, name)
    figures.push(...(await checkFigures(name, encoder, train, draws)))
  }
  for (const name of ['cat-dog-photos', 'images/fashion'].filter((one) => isAsked(asked, one)))
    figures.push(...(await copiedPictures(folder, name)))
  return figures
}

async function checkFigures(
  name: string,
  backbone: Backbone<string>,
  train: Dataset<string>,
  draws: number,
): Promise<Figure[]> {
  const [areas, precisions, found, alarms]: [number[], number[], number[], number[]] = [[], [], [], []]
  let seconds = 0
  const fewest = Math.min(...train.classCounts().values())
  for (let seed = 0; seed < draws; seed++) {
    const clean = train.sample({ perClass: Math.min(perClass, fewest), seed })
    const { data, changed } = withFlippedLabels(clean, random(seed))
    seconds += await secondsOf(async () => {
      const { labelDoubts, issues } = await checkData(backbone, data, { seed })
      const doubts = labelDoubts.map((doubt) => doubt ?? 0)
      areas.push(areaUnderCurve(doubts, changed))
      const worst = [...doubts.keys()].sort((a, b) => (doubts[b] as number) - (doubts[a] as number))
      precisions.push(share(worst.slice(0, changed.size), (row) => changed.has(row)))
      const flagged = new Set(
        issues.flatMap(({ kind, rows }) => (kind === 'wrong-label' ? rows.map((row) => row - 1) : [])),
      )
      found.push(share([...changed], (row) => flagged.has(row)))
    })
    const { issues } = await checkData(backbone, clean, { seed })
    alarms.push(issues.filter(({ kind }) => kind === 'wrong-label').length / clean.size)
  }
  const planted = await nearDuplicates(backbone, train)
  const beside = `sd over ${draws} draws`
  const [area, precision, alarm] = [spreadOf(areas), spreadOf(precisions), spreadOf(alarms)]
  return [
    atLeast(`${name}: wrong labels, area`, area.mean, 0.96, `${beside} ${area.sd.toFixed(3)}; by chance 0.5`),
    atLeast(
      `${name}: wrong labels, precision of the worst`,
      precision.mean,
      0.7,
      `${beside} ${precision.sd.toFixed(3)}; by chance 0.1`,
    ),
    {
      what: `${name}: wrong labels that are issues`,
      measured: spreadOf(found).mean.toFixed(3),
      beside: `${(seconds / draws).toFixed(1)} s a check`,
    },
    atMost(`${name}: false alarms, all labels as they were`, alarm.mean, 0.02, `${beside} ${alarm.sd.toFixed(3)}`),
    atLeast(`${name}: planted near-duplicates, recall`, planted.recall, 0.95, planted.beside),
    atLeast(`${name}: planted near-duplicates, precision`, planted.precision, 0.95, planted.beside),
  ]
}

/** One label in ten is another one, at random. */
function withFlippedLabels(
  clean: Dataset<string>,
  { below, shuffle }: Random,
): { data: Dataset<string>; changed: Set<number> } {
  const changed = new Set(shuffle([...clean.inputs.keys()]).slice(0, Math.round(clean.size / 10)))
  const examples = clean.examples.map(({ input, label }, row) => {
    const others = clean.labels.filter((other) => other !== label)
    return { input, label: changed.has(row) ? (others[below(others.length)] as string) : label }
  })
  return { data: dataset(examples, { name: clean.name }), changed }
}

/** Copies of one text in ten, each with one change. */
async function nearDuplicates(backbone: Backbone<string>, train: Dataset<string>) {
  const chance = random(0)
  const drawn = chance.shuffle(train.examples).slice(0, 1500)
  // Those that have a near-duplicate before anything is planted would count as found by mistake.
  const found = new Set((await checkData(backbone, dataset(drawn))).issues.filter(isCopies).flatMap(({ rows }) => rows))
  const texts = drawn.filter((_, row) => !found.has(row + 1)).slice(0, 1000)
  const copied = texts.slice(0, Math.round(texts.length / 10))
  const copies = copied.map(({ input, label }) => ({ input: changed(input, chance), label }))
  const { issues } = await checkData(backbone, dataset([...texts, ...copies]))
  const pairs = new Set(copied.map((_, row) => `${row + 1} ${texts.length + row + 1}`))
  return {
    ...foundOf(issues, pairs),
    beside: `${pairs.size} copies among ${texts.length} texts; whatever else is found counts as wrong`,
  }
}

function isCopies({ kind }: Issue): boolean {
  return kind === 'near-duplicate' || kind === 'duplicate' || kind === 'contradiction'
}

/** Copies of some pictures in another format, quality and size. */
async function copiedPictures(folder: string, name: string): Promise<Figure[]> {
  const data = await pictures(folder, name, 300)
  const originals = random(0)
    .shuffle(data.examples)
    .map(({ input, label }): { input: ImageInput; label: string } => ({ input, label }))
  const copied = originals.slice(0, 40)
  const copies = await Promise.all(
    copied.map(async ({ input, label }, place) => {
      const picture = sharp(input as string)
      const { width } = await picture.metadata()
      const ways = [
        () => picture.jpeg({ quality: 70 }),
        () => picture.png(),
        () => picture.resize(Math.max(24, Math.round(0.6 * width))).webp({ quality: 75 }),
        () => picture.jpeg({ quality: 40 }),
      ]
      return { input: (await (ways[place % 4] as () => typeof picture)().toBuffer()) as ImageInput, label }
    }),
  )
  const { issues } = await checkData<ImageInput, string>(await mobileNetV2(), dataset([...originals, ...copies]))
  const pairs = new Set(copied.map((_, row) => `${row + 1} ${originals.length + row + 1}`))
  const { recall, precision } = foundOf(issues, pairs)
  const beside = `${pairs.size} copies in other formats, qualities and sizes among ${originals.length} pictures`
  return [
    atLeast(`${name}: copied pictures, recall`, recall, 0.95, beside),
    atLeast(`${name}: copied pictures, precision`, precision, 0.95, beside),
  ]
}

/** How many of the pairs were found, and how much else. */
function foundOf(issues: readonly Issue[], pairs: ReadonlySet<string>): { recall: number; precision: number } {
  let [hits, others] = [0, 0]
  for (const { rows } of issues.filter(isCopies)) {
    const here = rows.flatMap((a, place) => rows.slice(place + 1).map((b) => `${a} ${b}`))
    const right = here.filter((pair) => pairs.has(pair)).length
    hits += right
    // What hangs together only through others is no more than the links that hold it.
    others += rows.length - 1 - right
  }
  return { recall: hits / pairs.size, precision: hits / (hits + others) }
}

/** One change of a text: capitals, punctuation, a typo, a word more or less, two words in another order. */
function changed(text: string, { below }: Random): string {
  const words = text.split(/\s+/)
  const place = below(words.length)
  const changes = [
    () => text.toUpperCase(),
    () => `${text.replace(/[^\p{L}\p{N}\s]/gu, '')} !`,
    () => `${text.slice(0, text.length >> 1)}x${text.slice((text.length >> 1) + 1)}`,
    () => words.toSpliced(place, words.length > 3 ? 1 : 0).join('  '),
    () => words.toSpliced(place, 0, 'please').join(' '),
    () => [...words.slice(0, place), ...words.slice(place, place + 2).reverse(), ...words.slice(place + 2)].join(' '),
  ]
  return (changes[below(changes.length)] as () => string)()
}

/** Area under the ROC curve: the probability that one of the wrong is doubted more than one of the right. */
function areaUnderCurve(doubts: readonly number[], wrong: ReadonlySet<number>): number {
  const order = [...doubts.keys()].sort((a, b) => (doubts[a] as number) - (doubts[b] as number))
  let [sum, rightSoFar] = [0, 0]
  for (const row of order) {
    if (wrong.has(row)) sum += rightSoFar
    else rightSoFar++
  }
  return sum / (wrong.size * rightSoFar)
}

function share<T>(all: readonly T[], is: (one: T) => boolean): number {
  return all.filter(is).length / all.length
}
