/**
 * `npm run bench [-- NAME...]`, `npm run bench -- [fine-tuning | recommend] --data FOLDER...`, `npm run bench -- NAME WORD...`: figures
 * beside peers, baselines and limits, measured in one run. Those that take words of their own are listed where they are made.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { accuracy } from './accuracy.js'
import { browser } from './browser.js'
import { chat } from './chat/index.js'
import { company } from './company.js'
import { demo } from './demo.js'
import { embedding } from './embedding.js'
import { fewShot } from './few-shot.js'
import { type Benchmark, type Figure, formatFigures } from './figure.js'
import { fineTuning, fineTuningFolder } from './fine-tuning.js'
import { gradient } from './gradient.js'
import { head } from './head.js'
import { imageFolder } from './image-folder.js'
import { install } from './install.js'
import { mixedLengths } from './mixed-lengths.js'
import { pictures } from './pictures.js'
import { pretraining } from './pretraining.js'
import { queue, queueParts } from './queue.js'
import { recommendTransfer } from './recommend.js'
import { holdsShops, recommendBaselines } from './recommend-baselines.js'
import { recommendLists } from './recommend-lists.js'
import { recommendScale } from './recommend-scale.js'
import { recommendUpdate } from './recommend-update.js'
import { serve } from './serve.js'
import { studio } from './studio.js'
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
  serve,
  studio,
  'recommend-scale': recommendScale,
  'recommend-lists': recommendLists(),
  'recommend-update': recommendUpdate,
}

/** Flags of what takes long as a whole: pretraining hours of CPU, trust a quarter of an hour. */
const ofPretraining = {
  only: { type: 'string', multiple: true },
  users: { type: 'string', multiple: true },
  draws: { type: 'string' },
  steps: { type: 'string', default: '1500' },
  asked: { type: 'string', default: '200' },
} as const

// Folders are named from where one stands, not from where the workspace runs this.
process.chdir(process.env['INIT_CWD'] ?? '.')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string', multiple: true, default: [] }, ...ofPretraining },
})

/** Of what takes long: each figure as it is measured. */
const sayFigure = ({ what, measured, beside }: Figure): void => console.log(`${what}: ${measured} (${beside ?? ''})`)

/** Benchmarks that are given words of their own; what is not a folder where one is wanted gives none. */
const ofWords: Readonly<Record<string, { takes: string; make(words: readonly string[]): readonly Benchmark[] }>> = {
  // What a few examples of each folder give.
  'few-shot': { takes: 'FOLDER...', make: (folders) => (areFolders(folders) ? [fewShot(folders)] : []) },
  // Intents beside node-nlp.
  chat: { takes: 'FOLDER...', make: (folders) => (areFolders(folders) ? folders.map(chat) : []) },
  // What lengths cost a tuning.
  'mixed-lengths': {
    takes: 'TEXTS [EPOCHS], such as 2000 5',
    make: ([texts = '', epochs = '1']) =>
      Number(texts) >= 100 ? [mixedLengths({ texts: Number(texts), epochs: Number(epochs) })] : [],
  },
  // Whether features depend on what shares a batch with them.
  company: { takes: 'PICTURES', make: (folders) => (areFolders(folders) ? folders.map(company) : []) },
  // What pre-training on behavior is worth.
  pretraining: {
    takes: 'FOLDER... [--only SHOP] [--users 25] [--draws 1] [--steps 300] [--asked 100]',
    make: (folders) =>
      (areFolders(folders) ? folders : []).map((folder) =>
        pretraining(folder, {
          only: values.only,
          users: values.users?.map(Number),
          draws: Number(values.draws ?? 3),
          steps: Number(values.steps),
          asked: Number(values.asked),
          onFigure: sayFigure,
        }),
      ),
  },
  queue: {
    takes: `TEXTS [FOLDER [${queueParts.join('|')}...]], such as 4000`,
    make: ([texts = '', folder, ...parts]) =>
      Number(texts) >= 100
        ? [
            queue({
              texts: Number(texts),
              folder,
              parts: queueParts.filter((part) => parts.length === 0 || parts.includes(part)),
              onFigure: sayFigure,
            }),
          ]
        : [],
  },
  'recommend-lists': {
    takes: '[USERS, such as 100000]',
    make: ([users]) =>
      users === undefined || Number(users) >= 256 ? [recommendLists({ users: Number(users ?? 4096) })] : [],
  },
  translation: {
    takes: 'MODEL DATA [PAIRS...] [METHOD...] [files|steps|gains|table] [draws=3]',
    make: ([model = '', data = '', ...more]) => (areFolders([model, data]) ? [translation(model, data, more)] : []),
  },
  'translation-speed': {
    takes: 'MODEL DATA',
    make: ([model = '', data = '']) => (areFolders([model, data]) ? [translationSpeed(model, data)] : []),
  },
  // Of a folder that holds several kinds of data.
  trust: {
    takes: `FOLDER [${trustParts.join('|')}]... [--only trec6] [--draws 10]`,
    make: ([folder = '', ...parts]) =>
      areFolders([folder]) && parts.every((part) => trustParts.includes(part))
        ? trust(
            { folder, only: values.only, draws: values.draws === undefined ? undefined : Number(values.draws) },
            parts,
          )
        : [],
  },
}

function areFolders(words: readonly string[]): boolean {
  return words.length > 0 && words.every((word) => existsSync(word))
}

/** Benchmarks of their own data, and of folders of which each kind has its own. */
function plain(): readonly Benchmark[] {
  const isTuned = positionals.includes('fine-tuning') && values.data.length > 0
  const isTransfer = positionals.includes('recommend')
  const ofFolder = (folder: string): Benchmark => {
    if (isTuned) return fineTuningFolder(folder)
    if (existsSync(join(folder, 'train.csv'))) return textFolder(folder)
    if (!holdsShops(folder)) return imageFolder(folder)
    return isTransfer ? recommendTransfer(folder) : recommendBaselines(folder)
  }
  if (positionals.length === 0 && values.data.length === 0) return Object.values(benchmarks)
  if (positionals.some((name) => !(name in benchmarks) && name !== 'recommend')) return []
  const named = positionals.filter((name) => name in benchmarks && !(isTuned && name === 'fine-tuning'))
  return [...named.map((name) => benchmarks[name] as Benchmark), ...values.data.map(ofFolder)]
}

const [first = '', ...words] = positionals
const chosen = ofWords[first]?.make([...words, ...values.data]) ?? plain()
if (chosen.length === 0) {
  const own = Object.entries(ofWords).map(([name, { takes }]) => `${name} ${takes}`)
  console.error(`bench: expected any of ${Object.keys(benchmarks).join(', ')}, or one of`)
  for (const line of [...own, '[fine-tuning | recommend] --data FOLDER...']) console.error(`    ${line}`)
  console.error(`got ${positionals.join(' ')}.`)
  process.exit(2)
}
for (const { title, run } of chosen) {
  console.log(`\n${title}`)
  console.log(formatFigures(await run()))
}
