import type { Backbone } from '../contract/backbone.js'
import { type CacheOption, resolveCache } from '../features/cached-features.js'
import type { Dataset } from '../data/dataset.js'
import { assertConsistent, checkDataset, describeCheck } from '../data/dataset-check.js'
import { DataError, OptionError } from '../contract/errors.js'
import { trainModel } from '../fine-tune/fine-tune.js'
import type { Method, MethodName } from './method.js'
import type { Model } from '../model/model.js'
import type { RunOptions, TrainEvent } from '../contract/progress.js'
import { readableFeatures } from '../features/readable-features.js'
import { verdictOf } from './verdict.js'

/** Options of `compare`. */
export interface CompareOptions<Input, Label extends string> extends RunOptions {
  /** The ways to compare, such as `no-transfer` and `frozen`. */
  readonly methods: readonly Method<Input>[]
  /** Examples per class. Default [8, 16, 64]. */
  readonly shots?: readonly number[]
  /** Random draws of the training examples. Default 5. */
  readonly seeds?: number
  /** Examples to measure on. Default: 30 % of the data, held out before anything is drawn. */
  readonly test?: Dataset<Input, Label> | undefined
  /** Examples of a domain that is never trained on, measured as well. */
  readonly unseen?: Dataset<Input, Label> | undefined
  /** Makes a model from the names of the classes alone, measured as well, with 0 shots (see `zeroShotModel`). */
  readonly zeroShot?: ((labels: readonly string[]) => Promise<Model<Input>>) | undefined
  /** Feature cache; default: the one on disk. `false` switches it off. */
  readonly cache?: CacheOption
}

/** Mean and sample standard deviation over the seeds. */
export interface Spread {
  readonly mean: number
  readonly sd: number
}

/** One line of the table. */
export interface ComparisonRow {
  readonly method: MethodName | 'zero-shot'
  /** Training examples per class; 0 where the names of the classes are all there is. */
  readonly shots: number
  /** Draws that it was measured on; 1 where nothing is drawn. */
  readonly seeds: number
  readonly accuracy: Spread
  /** Accuracy on the unseen domain, where one was given. */
  readonly unseenAccuracy?: Spread
  /** Mean seconds from examples to model when nothing is cached. */
  readonly trainSeconds: number
}

/** What transfer is worth on one's own data. */
export interface Comparison {
  readonly kind: 'classification'
  /** Number of examples measured on. */
  readonly testExamples: number
  /** Accuracy of always answering the most frequent class of the test examples. */
  readonly majorityAccuracy: number
  readonly rows: readonly ComparisonRow[]
  /** In words: where transfer helped, made no difference, or hurt. */
  readonly verdict: string
}

const heldOutShare = 0.3
/** Inputs on which the time per embedding is measured. */
const timedInputs = 64

/**
 * Measures what transfer learning is worth on one's own data: for each number of examples per class and each method,
 * the same head is trained on the same draws and measured on the same examples that were never trained on.
 *
 * @throws DataError when no number of shots leaves enough examples, labels contradict each other, or those of the sets
 *   differ.
 * @throws OptionError for shots or seeds out of range.
 */
export async function compare<Input, Label extends string>(
  data: Dataset<Input, Label>,
  options: CompareOptions<Input, Label>,
): Promise<Comparison> {
  const { methods, seeds = 5, onEvent, signal } = options
  checkWhole('seeds', seeds, 1)
  const split = options.test ? { train: data, test: options.test } : data.split({ test: heldOutShare, seed: 0 })
  const shots = possibleShots(split.train, options.shots ?? [8, 16, 64], onEvent)
  const cache = await resolveCache(options)
  // All methods are measured on the same examples: those that the pre-trained one can read.
  const shared = await methods.find((method) => !learnsFromNothing(method))?.backbone(split.train.inputs, 0)
  const readable = async (examples: Dataset<Input, Label>): Promise<Dataset<Input, Label>> =>
    shared ? (await readableFeatures(shared, examples, { cache, signal, onEvent })).data : examples
  const test = await readable(split.test)
  const unseen = options.unseen && (await readable(options.unseen))
  const drawsOf = ({ draws = seeds }: Method<Input>): number => Math.min(draws, seeds)
  const total = shots.length * methods.reduce((sum, method) => sum + drawsOf(method), 0) + (options.zeroShot ? 1 : 0)
  let done = 0
  let checked = false
  const said = new Set<string>()
  const sayOnce = (event: TrainEvent): void => {
    if (event.type !== 'notice' || said.has(event.message)) return
    said.add(event.message)
    onEvent?.(event)
  }

  const zeroShotRows: ComparisonRow[] = []
  if (options.zeroShot) {
    const started = performance.now()
    // A model whose labels are known as texts only.
    const model = (await options.zeroShot(data.labels)) as Model<Input, string> as Model<Input, Label>
    const trainSeconds = (performance.now() - started) / 1000
    const accuracy = async (on: Dataset<Input, Label>): Promise<Spread> => ({
      mean: await model.accuracy(on, { cache: cache ?? false, signal, onEvent }),
      sd: 0,
    })
    const figures = { accuracy: await accuracy(test), ...(unseen && { unseenAccuracy: await accuracy(unseen) }) }
    zeroShotRows.push({ method: 'zero-shot', shots: 0, seeds: 1, ...figures, trainSeconds })
    onEvent?.({ type: 'compare', done: ++done, total, method: 'zero-shot' })
  }
  const cells: { method: Method<Input>; shots: number; accuracies: number[]; unseen: number[]; seconds: number }[] = []
  for (const method of methods) {
    for (const perClass of shots) {
      const cell = { method, shots: perClass, accuracies: [] as number[], unseen: [] as number[], seconds: 0 }
      for (let seed = 0; seed < drawsOf(method); seed++) {
        signal?.throwIfAborted()
        const train = split.train.sample({ perClass, seed })
        const backbone = await method.backbone(train.inputs, seed)
        if (!checked) {
          // Once: copies of training examples among the test examples flatter every method.
          const check = await checkDataset(split.train, { contentKey: (input) => backbone.contentKey(input), test })
          assertConsistent(check, split.train)
          for (const message of describeCheck(check)) onEvent?.({ type: 'notice', message })
          checked = true
        }
        const isFitted = learnsFromNothing(method)
        const run = { cache: (!isFitted && cache) || (false as const), signal, onEvent: sayOnce }
        const started = performance.now()
        const model = await trainModel(backbone, train, { ...method.tuning, ...run, seed })
        const fitSeconds = (performance.now() - started) / 1000
        cell.seconds += fitSeconds + (isFitted ? 0 : await embedSeconds(backbone, train.inputs))
        // Features of a tuned network, which is gone afterwards, are not worth keeping.
        if (model.backbone !== backbone) run.cache = false
        cell.accuracies.push(await model.accuracy(test, run))
        if (unseen) cell.unseen.push(await model.accuracy(unseen, run))
        onEvent?.({ type: 'compare', done: ++done, total, method: method.name })
      }
      cells.push(cell)
    }
  }

  const rows = cells.map((cell): ComparisonRow => ({
    method: cell.method.name,
    shots: cell.shots,
    seeds: cell.accuracies.length,
    accuracy: spread(cell.accuracies),
    ...(unseen && { unseenAccuracy: spread(cell.unseen) }),
    trainSeconds: cell.seconds / cell.accuracies.length,
  }))
  return {
    kind: 'classification',
    testExamples: test.size,
    majorityAccuracy: Math.max(...test.classCounts().values()) / test.size,
    rows: [...zeroShotRows, ...rows],
    verdict: verdictOf(
      cells.map(({ method, shots: perClass, accuracies }) => ({ method: method.name, shots: perClass, accuracies })),
    ),
  }
}

/** True for methods without a pre-trained backbone, whose features are no use to another seed. */
function learnsFromNothing({ name }: Method<never>): boolean {
  return name === 'no-transfer' || name === 'scratch'
}

/** The shots for which every class has examples; the others are left out, and said. */
function possibleShots(
  train: Dataset<unknown, string>,
  shots: readonly number[],
  onEvent: RunOptions['onEvent'],
): number[] {
  if (shots.length === 0)
    throw new OptionError('option "shots"', 'at least one number', 'none', 'Leave it out for 8, 16, 64.')
  for (const perClass of shots) checkWhole('shots', perClass, 2)
  const [label, fewest] = [...train.classCounts()].reduce((least, entry) => (entry[1] < least[1] ? entry : least))
  const possible = [...new Set(shots)].filter((perClass) => perClass <= fewest).sort((a, b) => a - b)
  const left = shots.filter((perClass) => perClass > fewest)
  const remedy = 'Ask for fewer shots or add examples of that class.'
  if (possible.length === 0) {
    const expected = `at least ${Math.min(...shots)} examples of each class to draw from`
    throw new DataError(`data set "${train.name}"`, expected, `${fewest} of class "${label}"`, remedy)
  }
  if (left.length > 0) {
    const message = `${left.join(', ')} examples per class are left out: class "${label}" has ${fewest} to draw from. ${remedy}`
    onEvent?.({ type: 'notice', message })
  }
  return possible
}

/** Seconds that embedding the inputs takes, from a timed sample of them: the features themselves may be cached. */
async function embedSeconds<Input>(backbone: Backbone<Input>, inputs: readonly Input[]): Promise<number> {
  const sample = inputs.slice(0, timedInputs)
  const started = performance.now()
  await backbone.embed(sample)
  return ((performance.now() - started) / 1000) * (inputs.length / sample.length)
}

function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 }
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return
  throw new OptionError(`option "${name}"`, `whole numbers from ${least} on`, String(value), 'Correct it.')
}
