import { randomUUID } from 'node:crypto'
import type { Bench, BenchMaker, BenchMethod, LabelKind, Replies, ShownAs } from '../contract/bench.js'
import { DataError, OptionError } from '../contract/errors.js'
import type { Run } from '../contract/run.js'
import type { Kind, Target } from '../contract/target.js'
import type { Dataset } from '../data/dataset.js'
import { largeEnoughClasses } from '../data/large-enough-classes.js'
import { computeFeatures, resolveCache } from '../features/cached-features.js'
import { sha256 } from '../kit/sha256.js'
import { measureOf } from '../model/answers.js'
import { Model } from '../model/model.js'
import { labelsFingerprint } from './content-id.js'
import type { ExampleFiles } from './example-files.js'
import { classesOf, writtenLabel } from './label-problem.js'

/** What differs between benches of labeled examples. */
export interface ExampleBenchParts<Input> {
  readonly brings: ShownAs['type']
  readonly description: string
  find(folder: string): Promise<readonly string[]>
  /** See `BenchMaker.fit`. */
  fit(folder: string, names: readonly string[]): Promise<readonly number[]>
  /** See `BenchMaker.kinds`. */
  readonly kinds?: readonly [Kind, ...Kind[]]
  /** See `BenchMaker.likelyKinds`. */
  likelyKinds?(folder: string, names: readonly string[]): Promise<readonly LabelKind[]>
  create(folder: string, data: string | undefined, kind?: Kind): Promise<void>
  open(folder: string, kind?: Kind): ExampleFiles<Input>
  readonly program: readonly string[]
  /** Of what a trained model is made of. Default: it is one itself. */
  modelIn?(trained: unknown): unknown
  /** See `Bench.converses`. */
  readonly converses?: boolean
  /** See `Bench.replies`. */
  replies?(folder: string): Replies
  /** See `Bench.shown`. */
  shown?(answer: unknown): object
  /** What knows nothing beforehand, for people: 'the words of the examples alone'. */
  readonly noTransfer: string
}

/** Share of the examples by which a training is judged. */
const judgedBy = 0.25

/** The bench of a task of labeled examples. */
export function exampleBench<Input>(
  parts: ExampleBenchParts<Input>,
  read: (path: string, kind: Kind, run: Run) => Promise<Dataset<Input, Target>>,
): BenchMaker<Dataset<Input, Target>, Input> {
  const { brings, description } = parts
  const methods: readonly [BenchMethod, ...BenchMethod[]] = [
    {
      name: 'frozen',
      description: 'a head on the pre-trained network, which stays as it is',
      takes: 'seconds',
      training: {},
    },
    { name: 'no-transfer', description: parts.noTransfer, takes: 'seconds', keeps: false },
    {
      name: 'fine-tuned',
      description: 'the last stages of the network learn as well',
      takes: 'minutes',
      training: { strategy: 'joint' },
    },
    {
      name: 'scratch',
      description: 'the same network, not pre-trained, learns as a whole',
      takes: 'minutes',
      // What holds a model more is made by training alone.
      keeps: parts.modelIn === undefined,
    },
  ]
  return {
    brings,
    description,
    program: parts.program,
    ...(parts.kinds && { kinds: parts.kinds }),
    ...(parts.likelyKinds && {
      likelyKinds: (folder: string, names: readonly string[]) => parts.likelyKinds?.(folder, names) as never,
    }),
    find: (folder) => parts.find(folder),
    fit: (folder, names) => parts.fit(folder, names),
    create: (folder, data, kind?: Kind) => parts.create(folder, data, kind),
    open(folder, kind: Kind = 'classification'): Bench<Dataset<Input, Target>, Input> {
      const files = parts.open(folder, kind)
      const replies = parts.replies?.(folder)
      // What is said is learned as well.
      const fingerprintOf = async (examples: Parameters<typeof labelsFingerprint>[0]): Promise<string> =>
        replies
          ? sha256(labelsFingerprint(examples), JSON.stringify(await replies.list()))
          : labelsFingerprint(examples)
      return {
        brings,
        description,
        labels: true,
        ...(parts.converses && { converses: true }),
        ...(replies && { replies }),
        kind,
        measure: measureOf[kind],
        methods,
        files: files.files,
        list: () => files.list(),
        fingerprint: async () => fingerprintOf(await files.list()),
        add: (brought) => files.add(brought),
        move: (moves) => files.move(moves),
        async query(id) {
          const input = await files.input(id)
          if (input !== undefined) return input
          throw new OptionError('example', 'the id of one that is there', id, 'It was taken away: load the page anew.')
        },
        ...(files.picture && { picture: (id: string, size: number) => files.picture?.(id, size) as never }),
        async snapshot() {
          const { path, examples, ids, close } = await files.freeze()
          const counts: Record<string, number> = {}
          if (kind === 'regression') counts['examples'] = examples.length
          for (const name of examples.flatMap(({ label }) => classesOf(label, kind)))
            counts[name] = (counts[name] ?? 0) + 1
          return {
            path,
            ids: examples.map(({ id }) => id),
            counts,
            fingerprint: await fingerprintOf(examples),
            async read(run) {
              if (examples.length > 0) return read(path, kind, run)
              throw new DataError(
                'the project',
                'examples with a label',
                'none',
                'Label some: five of each class will do.',
              )
            },
            async split(data, run) {
              const enough = largeEnoughClasses(data, run)
              if (kind === 'classification' && enough.labels.length < 2) {
                const got = enough.labels.length === 0 ? 'none' : `"${enough.labels[0]}" alone`
                throw new DataError('the project', 'two classes or more', got, 'Label examples of another class.')
              }
              const all = ids(data.inputs)
              const idOf = new Map(data.examples.map((example, row) => [example, all[row] as string]))
              const { train, test } = enough.split({ test: judgedBy, seed: run.seed })
              const questions = test.examples.map((example) => ({
                id: idOf.get(example) as string,
                query: example.input,
                label: writtenLabel(example.label),
              }))
              return { train, whole: enough, test, questions }
            },
            close,
          }
        },
        ...(parts.shown && { shown: (answer: unknown) => parts.shown?.(answer) as object }),
        async features(trained, queries, run) {
          const model = parts.modelIn ? parts.modelIn(trained) : trained
          if (!(model instanceof Model))
            throw new OptionError('features', 'a model of labeled examples', 'another', 'Train one.')
          const { backbone } = model as Model<Input, Target>
          const unreadable = new Set<number>()
          const features = await computeFeatures(backbone, queries, {
            ...run,
            cache: await resolveCache(run),
            onUnreadable: (row) => void unreadable.add(row),
          })
          for (const row of unreadable)
            features.data.fill(Number.NaN, row * features.columns, (row + 1) * features.columns)
          return features
        },
      }
    },
  }
}

/** A name that is free among some: `1.jpg`, then `1-2.jpg`. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(name)) return name
  const [, stem = name, ending = ''] = /^(.*?)(\.[^.]*)?$/s.exec(name) ?? []
  for (let number = 2; number < 10_000; number++) {
    const next = `${stem}-${number}${ending}`
    if (!isTaken(next)) return next
  }
  return `${stem}-${randomUUID()}${ending}`
}
