import { extname, join } from 'node:path'
import type { Bench, BenchMaker, BenchMethod } from '@headstart/core'
import {
  createTables,
  DataError,
  findTables,
  labelsFingerprint,
  OptionError,
  random,
  tableFiles,
  type TableParts,
} from '@headstart/core/kit'
import type { Pair, TranslationData } from '../data/pair.js'
import { catalogPlace, joined, pairsFit, readTranslationData, sourceNames } from '../data/read-pairs.js'
import { usualRank } from '../learners/translation-learners.js'
import type { TranslationAnswer } from '../model/translator-model.js'
import { listedTranslators } from './listed-translators.js'

const [brings, description] = ['text' as const, 'translations: texts, and what each is in another language']

/** Share of the texts by which a training is judged. */
const judgedBy = 0.25
/** Pairs to learn from and to be judged by. */
const fewest = 20
/** Translations that are kept to be looked at. */
const lookedAt = 200

/** By their names in `translationLearners`. */
const methods: readonly [BenchMethod, ...BenchMethod[]] = [
  {
    name: 'frozen-encoder',
    description: 'the decoder learns, over the encoder as it is',
    takes: 'minutes',
    training: { unfreeze: 'decoder' },
  },
  { name: 'untouched', description: 'the translator as it is', takes: 'seconds' },
  {
    name: 'lora',
    description: 'the decoder learns low-rank updates',
    takes: 'minutes',
    training: { unfreeze: 'decoder', lora: usualRank },
  },
  { name: 'all', description: 'encoder and decoder learn', takes: 'minutes', training: { unfreeze: 'all' } },
  {
    name: 'scratch',
    description: 'the same network, not pre-trained, learns as a whole',
    takes: 'minutes',
    keeps: false,
  },
]

const tables: TableParts = {
  input: { role: 'source', usualNames: sourceNames, named: undefined },
  columns: { text: 'source', label: 'target' },
  kind: 'text',
  // A catalog of gettext has both sides itself.
  isPart: (name) => !name.toLowerCase().endsWith('.po') && catalogPlace(name) !== undefined,
  async read(path) {
    const pairs = await pairsIn(path)
    return pairs.map(({ source, target }) => ({ text: source, label: target.trim() === '' ? null : target }))
  },
}

/** Texts as rows of a table, and what each is in another language, which people write. */
export const pairBench: BenchMaker<TranslationData, string> = {
  brings,
  description,
  kinds: ['text'],
  networks: listedTranslators,
  program: [
    "import { translator } from '@headstart/translation'",
    "const model = await translator('./model')",
    "console.log(await model.translate(['some text']))",
  ],
  async find(folder) {
    const found = await findTables(folder)
    const hold = await Promise.all(found.map((name) => holdsPairs(join(folder, name))))
    return found.filter((_, place) => hold[place])
  },
  async fit(folder, names) {
    const languageOf = (name: string): string | undefined => catalogPlace(name)?.language
    const areCatalogs = new Set(names.flatMap((name) => languageOf(name) ?? [])).size > 1
    return Promise.all(
      names.map(async (name) => {
        if (['.po', '.tmx'].includes(extname(name).toLowerCase())) return 1
        return areCatalogs && languageOf(name) !== undefined ? 1 : pairsFit(join(folder, name))
      }),
    )
  },
  create: (folder, data) => createTables(folder, tables, data),
  open(folder): Bench<TranslationData, string> {
    const files = tableFiles(folder, tables)
    return {
      brings,
      description,
      labels: true,
      kind: 'text',
      labelName: 'translation',
      measure: 'chrF2',
      methods,
      files: files.files,
      list: () => files.list(),
      fingerprint: async () => labelsFingerprint(await files.list()),
      add: (brought) => files.add(brought),
      move: (moves) => files.move(moves),
      async query(id) {
        const source = await files.input(id)
        if (source !== undefined) return source
        throw new OptionError('example', 'the id of one that is there', id, 'It was taken away: load the page anew.')
      },
      async snapshot() {
        const { path, examples, ids, close } = await files.freeze()
        return {
          path,
          ids: examples.map(({ id }) => id),
          counts: { pairs: examples.length },
          fingerprint: labelsFingerprint(examples),
          async read({ signal, onEvent }) {
            if (examples.length < fewest) {
              const [expected, got] = [`at least ${fewest} texts with a translation`, String(examples.length)]
              throw new DataError('the project', expected, got, 'Write some more translations.')
            }
            return readTranslationData(path, {
              signal,
              onNotice: (message) => onEvent?.({ type: 'notice', message }),
            })
          },
          async split(data, { seed }) {
            const all = ids(data.pairs.map(({ source }) => source))
            const idOf = new Map(data.pairs.map((pair, row) => [pair, all[row] as string]))
            const { train, test } = apart(data.pairs, seed)
            const questions = test.slice(0, lookedAt).map((pair) => {
              return { id: idOf.get(pair) as string, query: pair.source, label: pair.target }
            })
            return { train: { ...data, pairs: train }, whole: data, test: { ...data, pairs: test }, questions }
          },
          close,
        }
      },
      shown: (answer) => shownTranslation(answer as TranslationAnswer),
    }
  },
}

/** A translation as an answer that is a label. */
function shownTranslation({ text, problems }: TranslationAnswer): object {
  return { label: text, problems }
}

/** Pairs to learn from, and those of other sources to judge by, each once, as a translator is measured. */
function apart(pairs: readonly Pair[], seed: number): { train: Pair[]; test: Pair[] } {
  const sources = random(seed).shuffle([...new Set(pairs.map(({ source }) => source))])
  const asked = new Set(sources.slice(0, Math.ceil(judgedBy * sources.length)))
  const test = new Map<string, Pair>()
  for (const pair of pairs) {
    const key = JSON.stringify([pair.source, pair.target])
    if (asked.has(pair.source) && !test.has(key)) test.set(key, pair)
  }
  return { train: pairs.filter(({ source }) => !asked.has(source)), test: [...test.values()] }
}

/** The pairs of a file, or of catalogs in a folder: those of two languages, from English where that is one of them, else in their order. */
async function pairsIn(path: string): Promise<readonly Pair[]> {
  const { pairs, catalogs } = await readTranslationData(path)
  if (!catalogs) return pairs
  const isEnglish = (language: string): boolean => /^en(?![a-z])/i.test(language)
  const [sources, targets, ...others] = [...catalogs]
    .toSorted(([a], [b]) => Number(isEnglish(b)) - Number(isEnglish(a)))
    .map(([, texts]) => texts)
  if (sources && targets && others.length === 0) return joined(sources, targets)
  throw new DataError(path, 'texts in two languages', [...catalogs.keys()].join(', ') || 'none', 'Leave others out.')
}

/** Whether a table has a column of sources and one of their translations. */
async function holdsPairs(path: string): Promise<boolean> {
  return readTranslationData(path).then(
    () => true,
    () => false,
  )
}
