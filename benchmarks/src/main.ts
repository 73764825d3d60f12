/**
 * `npm run bench [-- [NAME...] [--data FOLDER]...]`, `npm run bench -- trust FOLDER [PART...]`: figures beside peers, baselines and limits, measured in one run. With
 * the name pretraining, it is what pre-training on behavior is worth, with `--only SHOP`, `--users 25`, `--draws 1`, `--steps 300` and `--asked 100` for a
 * part of it. With the name fine-tuning, it is tuning that is measured on the folders; with few-shot, which takes them as words as well, what a few
 * `npm run bench [-- [NAME...] [--data FOLDER]...]`, `npm run bench -- trust FOLDER [PART...]`,
 * `npm run bench -- translation MODEL DATA [PAIRS...] [METHOD...]`, `npm run bench -- translation-speed MODEL DATA`: figures beside
 * peers, baselines and limits, measured in one run. With the name pretraining, it is what pre-training on behavior is worth, with
 * `--only SHOP`, `--users 25`, `--draws 1` and `--steps 300` for a part of it. With the name fine-tuning, it is tuning that is measured
 * on the folders; with few-shot, which takes them as words as well, what a few examples give.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { accuracy } from './accuracy.js'
import { browser } from './browser.js'
import { demo } from './demo.js'
import { embedding } from './embedding.js'
import { fewShot } from './few-shot.js'
import { type Benchmark, formatFigures } from './figure.js'
import { fineTuning, fineTuningFolder } from './fine-tuning.js'
import { gradient } from './gradient.js'
import { head } from './head.js'
import { imageFolder } from './image-folder.js'
import { install } from './install.js'
import { pictures } from './pictures.js'
import { pretraining } from './pretraining.js'
import { recommendTransfer } from './recommend.js'
import { holdsShops, recommendBaselines } from './recommend-baselines.js'
import { recommendScale } from './recommend-scale.js'
import { recommendUpdate } from './recommend-update.js'
import { textFolder } from './text-folder.js'
import { trainingAgain } from './training-again.js'
import { transformers } from './transformers.js'
import { translation } from './translation.js'
import { translationSpeed } from './translation-speed.js'
import { trust, trustParts } from './trust/index.js'

const benchmarks: Record<string, Benchmark> = {
  embedding,
  transformers,
  pictures,
  head,
  accuracy,
  gradient,
  'fine-tuning': fineTuning,
  'training-again': trainingAgain,
  demo,
  install,
  browser,
  'recommend-scale': recommendScale,
  'recommend-update': recommendUpdate,
}

// Folders are named from where one stands, not from where the workspace runs this.
process.chdir(process.env['INIT_CWD'] ?? '.')

const parsed = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', multiple: true, default: [] },
    // Of pretraining, which takes hours of CPU as a whole.
    only: { type: 'string', multiple: true },
    users: { type: 'string', multiple: true },
    draws: { type: 'string', default: '3' },
    steps: { type: 'string', default: '1500' },
    asked: { type: 'string', default: '200' },
  },
})
const { values } = parsed
/** `trust FOLDER [PART...]`: of a folder that holds several kinds of data. */
const ofTrust = parsed.positionals[0] === 'trust' ? parsed.positionals.slice(1) : undefined
/** `translation MODEL DATA`, `translation-speed MODEL DATA`: of a translator, and pairs. */
const ofTranslation = /^translation(-speed)?$/.test(parsed.positionals[0] ?? '')
  ? parsed.positionals.slice(1)
  : undefined
const positionals = ofTrust || ofTranslation ? [] : parsed.positionals
/** Benchmarks of folders alone. */
const ofFolders = ['recommend', 'few-shot', 'pretraining']
const isFewShot = positionals.includes('few-shot')
const isPretraining = positionals.includes('pretraining')
const words = isFewShot || isPretraining ? positionals.filter((name) => existsSync(name)) : []
const unknown = positionals.filter(
  (name) => !(name in benchmarks) && !ofFolders.includes(name) && !words.includes(name),
)
if (unknown.length > 0) {
  console.error(
    `bench: expected any of ${[...Object.keys(benchmarks), ...ofFolders].join(', ')}, got ${unknown.join(', ')}.`,
  )
  process.exit(2)
}
const everything = positionals.length === 0 && values.data.length === 0 && !ofTrust && !ofTranslation
const isTuned = positionals.includes('fine-tuning')
const named = positionals.filter(
  (name) => name in benchmarks && !(isTuned && values.data.length > 0 && name === 'fine-tuning'),
)
const ofFolder = (folder: string): Benchmark => {
  if (isTuned) return fineTuningFolder(folder)
  if (existsSync(join(folder, 'train.csv'))) return textFolder(folder)
  if (!holdsShops(folder)) return imageFolder(folder)
  return positionals.includes('recommend') ? recommendTransfer(folder) : recommendBaselines(folder)
}
const trusted = (): Benchmark[] => {
  const folders = [...(ofTrust ?? []).filter((word) => existsSync(word)), ...values.data]
  const names = (ofTrust ?? []).filter((word) => !existsSync(word))
  const odd = names.filter((name) => !trustParts.includes(name))
  if (folders.length === 1 && odd.length === 0) return trust(folders[0] as string, names)
  console.error(
    `bench: expected trust FOLDER and any of ${trustParts.join(', ')}, got ${parsed.positionals.join(' ')}.`,
  )
  process.exit(2)
}
const translated = ([model, data, ...words]: readonly string[]): Benchmark[] => {
  if (model !== undefined && data !== undefined) {
    return [
      parsed.positionals[0] === 'translation-speed' ? translationSpeed(model, data) : translation(model, data, words),
    ]
  }
  console.error(
    'bench: expected translation MODEL DATA or translation-speed MODEL DATA, the folders of a translator and of the tables train and test.',
  )
  process.exit(2)
}
const folders = [...words, ...values.data]
const ofWords = (): Benchmark[] => {
  if (isPretraining) {
    return folders.map((folder) =>
      pretraining(folder, {
        only: values.only,
        users: values.users?.map(Number),
        draws: Number(values.draws),
        steps: Number(values.steps),
        asked: Number(values.asked),
        onFigure: ({ what, measured, beside }) => console.log(`${what}: ${measured} (${beside})`),
      }),
    )
  }
  return isFewShot ? [fewShot(folders)] : values.data.map(ofFolder)
}
const chosen = ofTrust
  ? trusted()
  : ofTranslation
    ? translated(ofTranslation)
    : [...(everything ? Object.values(benchmarks) : named.map((name) => benchmarks[name] as Benchmark)), ...ofWords()]
    : [
        ...(everything ? Object.values(benchmarks) : named.map((name) => benchmarks[name] as Benchmark)),
        ...(isPretraining
          ? [...words, ...values.data].map((folder) =>
              pretraining(folder, {
                only: values.only,
                users: values.users?.map(Number),
                draws: Number(values.draws),
                steps: Number(values.steps),
                onFigure: ({ what, measured, beside }) => console.log(`${what}: ${measured} (${beside})`),
              }),
            )
          : isFewShot
            ? [fewShot([...words, ...values.data])]
            : values.data.map(ofFolder)),
      ]
for (const { title, run } of chosen) {
  console.log(`\n${title}`)
  console.log(formatFigures(await run()))
}
