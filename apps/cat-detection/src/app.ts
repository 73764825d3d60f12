/** Cats: trained on drawings in some styles, tried on a style never seen; or the same with photos of one's own. */
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { FeatureCache } from '@headstart/core'
import { averagePrecision, type DetectionReport, DataError, reportDetection, textTable } from '@headstart/core/kit'
import { dataset, HeadstartError, mobileNetV2, readImageDataset, type TrainEvent } from '@headstart/vision'
import { thumbnails } from '@headstart/vision/kit'
import pc from 'picocolors'
import {
  asDetections,
  type Examples,
  type Label,
  score,
  type Scored,
  type Settings,
  type Train,
  trainDetector,
  trainerOf,
} from './detector.js'
import { credit, drawings, isBigCat, styles } from './drawings.js'
import { type PageSection, writePage } from './page.js'

const usage = `Usage: main.js [--data FOLDER [--cat NAME]] [--out PAGE.html]
  --data  photos: a folder with one folder for each class (default: the built-in drawings)
  --cat   the class that is to be found; all others are what it is told from (default: cat)
  --out   where to write the page with the pictures`

/** One test: what was trained on, what the detector is tried on. */
interface Trial {
  readonly title: string
  /** What is trained on, in parts among which the threshold is chosen. */
  readonly train: readonly Examples[]
  readonly test: Examples
  readonly nameOf: (place: number) => string
}

const title = (line: string): void => console.log(`\n${pc.bold(line)}`)
const onEvent = (event: TrainEvent): void => {
  if (event.type === 'notice') console.error(`${pc.yellow('note:')} ${event.message}`)
}

async function main(data: string | undefined, cat: string, out: string): Promise<void> {
  console.log(pc.bold('Is it a cat?'))
  console.log(
    'A frozen MobileNetV2 that has learned from photos (2.7 million weights, none changed), and a head trained here.',
  )
  const settings = { cache: await FeatureCache.open(), onEvent }
  const transfer = trainerOf(await mobileNetV2(), settings)
  const noTransfer = trainerOf(thumbnails(), { cache: settings.cache })
  const started = performance.now()
  const trials = data === undefined ? drawingTrials() : [await photoTrial(data, cat)]
  title(
    data === undefined
      ? 'Trained on drawings in three styles, tried on a fourth that it has never seen'
      : `Trained on a part of ${data}, tried on the rest`,
  )

  const rows: string[][] = []
  const bigCats: string[] = []
  /** Where the pixels do as well as the network. */
  const pixelsDo: string[] = []
  const sections: PageSection[] = []
  for (const trial of trials) {
    const { report, scored } = await run(trial, transfer, settings)
    const pixels = await withoutTransfer(trial, noTransfer, settings)
    rows.push([trial.title, ...cells(report), pixels.toFixed(3)])
    if (pixels >= report.averagePrecision) pixelsDo.push(trial.title)
    const relatives = scored.filter(({ place, isCat }) => !isCat && isBigCat(trial.nameOf(place)))
    const mistaken = relatives.filter((one) => one.score >= report.threshold)
    bigCats.push(`${trial.title} ${mistaken.length} of ${relatives.length}`)
    const pictures = scored.map((one) => ({
      ...one,
      name: trial.nameOf(one.place),
      input: trial.test.inputs[one.place] as string,
    }))
    const heading = data === undefined ? `Drawings in the style ${trial.title}, never seen before` : trial.title
    sections.push({ title: heading, threshold: report.threshold, pictures })
  }
  console.log(
    textTable([
      ['tried on', 'cats', 'precision', 'recall', 'F1', 'average precision', 'by chance', 'no transfer'],
      ...rows,
    ]),
  )
  console.log(
    `With 95 % intervals; all in ${((performance.now() - started) / 1000).toFixed(1)} s. The threshold was chosen on answers to pictures that the answering model had not seen.`,
  )
  console.log('By chance and no transfer: average precision of a coin, and of the same head on the pixels themselves.')
  if (pixelsDo.length > 0)
    console.log(`Where transfer does not help: on ${pixelsDo.join(' and ')} the pixels alone rank as well, or better.`)
  if (data === undefined) console.log(`Tigers, lions and leopards taken for cats: ${bigCats.join(', ')}.`)

  const footer = data === undefined ? `Drawings: ${styles.map(credit).join('; ')}.` : ''
  await writePage(out, 'Is it a cat?', sections, footer)
  console.log(`\nAll pictures with their scores, worst mistakes first: ${pathToFileURL(out)}`)
}

/** Each style once as the one that is never seen. */
function drawingTrials(): Trial[] {
  const parts = styles.map((style) => {
    const drawn = drawings(style)
    const examples: Examples = dataset<Uint8Array, Label>(
      drawn.map(({ picture, label }) => ({ input: picture, label })),
      { name: style },
    )
    return { style, examples, names: drawn.map(({ name }) => name) }
  })
  return parts.map((unseen) => ({
    title: unseen.style,
    train: parts.filter((part) => part !== unseen).map(({ examples }) => examples),
    test: unseen.examples,
    nameOf: (place) => unseen.names[place] ?? '',
  }))
}

/** Two thirds of the photos to train on, in four parts, the others to try it on. */
async function photoTrial(folder: string, cat: string): Promise<Trial> {
  const photos = await readImageDataset(folder, { onNotice: (message) => onEvent({ type: 'notice', message }) })
  if (!photos.labels.includes(cat)) {
    const got = photos.labels.map((label) => `"${label}"`).join(', ')
    throw new DataError(
      folder,
      `a folder "${cat}" with pictures in it`,
      `the folders ${got}`,
      'Name another one with --cat.',
    )
  }
  const examples = photos.examples.map(({ input, label }) => ({
    input,
    label: (label === cat ? 'cat' : 'other') as Label,
  }))
  const { train, test } = dataset<string, Label>(examples, { name: basename(folder) }).split({ test: 1 / 3, seed: 0 })
  const parts = train.folds(4).map((rows) => train.subset(rows))
  return { title: basename(folder), train: parts, test, nameOf: (place) => basename(test.inputs[place] ?? '') }
}

async function run(
  { train, test }: Trial,
  trainer: Train,
  settings: Settings,
): Promise<{ report: DetectionReport; scored: Scored[] }> {
  const { model, threshold } = await trainDetector(trainer, train, settings)
  const scored = await score(model, test, settings)
  return { report: reportDetection(asDetections(scored), threshold), scored }
}

/** Average precision of the same head on the pixels themselves, which takes no threshold. */
async function withoutTransfer({ train, test }: Trial, trainer: Train, { cache }: Settings): Promise<number> {
  return averagePrecision(asDetections(await score(await trainer(train), test, { cache })))
}

function cells({ positives, examples, intervals, baseline, ...figures }: DetectionReport): string[] {
  const cell = (name: 'precision' | 'recall' | 'f1' | 'averagePrecision'): string =>
    `${figures[name].toFixed(3)} (${intervals[name].map((value) => value.toFixed(2)).join(' to ')})`
  return [
    `${positives} of ${examples}`,
    cell('precision'),
    cell('recall'),
    cell('f1'),
    cell('averagePrecision'),
    baseline.averagePrecision.toFixed(3),
  ]
}

/** Runs the app; the exit code that it ends with. What is wrong with a request is said on stderr. */
export async function app(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        cat: { type: 'string', default: 'cat' },
        out: { type: 'string', default: join(tmpdir(), 'headstart-cats.html') },
      },
    })
    await main(values.data, values.cat, values.out)
    return 0
  } catch (error) {
    const isUsage = (Object(error) as { code?: unknown }).code?.toString().startsWith('ERR_PARSE_ARGS') ?? false
    if (!isUsage && !(error instanceof HeadstartError)) throw error
    console.error(`${(error as Error).message}${isUsage ? `\n${usage}` : ''}`)
    return 2
  }
}
