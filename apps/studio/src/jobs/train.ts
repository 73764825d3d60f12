import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BenchSnapshot, HeadstartError, InputError, type Learner, type Run, startRun } from '@headstart/core'
import {
  counted,
  DataError,
  effectOf,
  OptionError,
  pairedDifference,
  prepareModelFolder,
  wilsonInterval,
  writeModelFolder,
} from '@headstart/core/kit'
import type { Score, TrainedMethod } from '../api/project.js'
import type { HeldOut, StoredRun } from '../project/history.js'
import type { AnyBench, Project } from '../project/project.js'
import { familiarAnswers, labelOf, shownAnswer } from './answers.js'
import type { AnyTrained } from './folder-model.js'
import type { JobHandle } from './job.js'
import { networkOf } from './networks.js'

export interface TrainOptions {
  readonly methods: readonly string[]
  readonly keep: string
  /** Default: see `networkOf`. */
  readonly network?: string | undefined
  readonly seed: number
}

/** What a training gave. */
export interface TrainOutcome {
  readonly run: StoredRun
  readonly heldOut: HeldOut | undefined
  /** Models of all methods, from the part that they were not judged by; of labels none. Whoever has them closes them. */
  readonly beside: ReadonlyMap<string, AnyTrained>
}

/** How much longer a method takes that takes minutes, about. */
const muchLonger = 10

type AnyLearner = Learner<unknown, AnyTrained>

/** What one method reached. */
interface Judged {
  readonly row: TrainedMethod
  readonly scores: Float64Array
}

/**
 * Has methods learn from three quarters of the examples and answers for the rest, the same for all of them; then the one that is kept
 * learns from all of them. The model's folder is replaced as a whole, when all is done.
 */
export async function train(
  project: Project,
  { methods, keep, network: asked, seed }: TrainOptions,
  job: JobHandle,
): Promise<TrainOutcome> {
  const { task, bench, history } = project.open
  const known = bench.methods.map(({ name }) => name)
  const unknown = [...methods, keep].find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new OptionError('methods', `any of ${known.join(', ')}`, `"${unknown}"`, 'Choose again.')
  if (bench.methods.find(({ name }) => name === keep)?.keeps === false) {
    const remedy = 'Choose another one beside it.'
    throw new OptionError('methods', 'one whose model can be kept', `"${keep}", which is there to compare with`, remedy)
  }
  const network = networkOf(project.open, asked)
  const started = performance.now()
  const model = join(project.folder, 'model')
  await prepareModelFolder(model)
  const run = startRun({ seed, signal: job.signal, onEvent: job.listen('data', 0) })
  job.doing('reads the data')
  const snapshot = await project.snapshot()
  job.call(snapshot.path, bench.files.data)
  const beside = new Map<string, AnyTrained>()
  try {
    const data = await snapshot.read(run)
    const { train, test, whole, questions } = await snapshot.split(data, run)
    const chosen = [...new Set([keep, ...methods])].toSorted((a, b) => known.indexOf(a) - known.indexOf(b))
    const plan = await task.compare.run(data, { methods: chosen, ...network }, run)
    const learnerOf = (name: string): AnyLearner => {
      const learner = plan.learners.find((one) => one.name === name)
      if (learner) return learner as AnyLearner
      const remedy = 'Choose another method, or another network.'
      throw new DataError('method', `one of ${plan.learners.map((one) => one.name).join(', ')}`, `"${name}"`, remedy)
    }

    const judged: Judged[] = []
    let answers: HeldOut['questions'] = []
    const takes = [...chosen, keep].map((name) => bench.methods.find((method) => method.name === name)?.takes)
    const parts = sharesOfRest(takes.map((one) => (one === 'minutes' ? muchLonger : 1)))
    for (const [place, name] of chosen.entries()) {
      job.doing(`${name}: learns`)
      const own: Run = { ...run, onEvent: job.listen(name, parts[place] as number, takes[place]) }
      const begun = performance.now()
      try {
        const learner = learnerOf(name)
        const trained = await learner.fit(train, own)
        const seconds = (performance.now() - begun) / 1000
        const { scores } = await trained.measure(test, { ...own, onEvent: undefined })
        if (name === keep && questions.length > 0) answers = await answersOf(bench, trained, questions, scores, own)
        if (bench.labels) await trained.close()
        else beside.set(name, trained)
        const row = { name, description: learner.description, seconds, failed: null }
        judged.push({ row: { ...row, score: scoreOf(bench.measure ?? plan.protocol.measure, scores) }, scores })
      } catch (error) {
        if (job.signal.aborted || !(error instanceof HeadstartError) || name === keep) throw error
        const row = { name, description: '', seconds: (performance.now() - begun) / 1000, failed: error.message }
        judged.push({ row: { ...row, score: null }, scores: new Float64Array() })
      }
      job.method(judged.at(-1)?.row as TrainedMethod)
    }

    job.doing(`${keep}: learns from all examples`)
    const last: Run = { ...run, onEvent: job.listen(`${keep}, all examples`, parts.at(-1) as number, takes.at(-1)) }
    const training = bench.methods.find(({ name }) => name === keep)?.training
    const trained =
      training === undefined
        ? await learnerOf(keep).fit(whole, last)
        : await (await task.train.run(data, { ...training, ...network }, last)).fit(data, last)
    try {
      await writeModelFolder(model, await trained.pack(), { signal: job.signal })
    } finally {
      await trained.close()
    }
    const id = randomUUID()
    const stored: StoredRun = {
      id,
      at: new Date().toISOString(),
      kept: keep,
      methods: judged.map(({ row }) => row),
      network: network.backbone ?? null,
      verdict: verdictOf(judged, keep, bench.kind === 'regression'),
      counts: snapshot.counts,
      changed: changedSince(history.runs[0], snapshot, keep, network.backbone),
      seconds: (performance.now() - started) / 1000,
      model: createHash('sha256')
        .update(await readFile(join(model, 'headstart.json')))
        .digest('hex'),
      // What was labeled while it learned is news to it.
      data: snapshot.fingerprint,
    }
    return { run: stored, heldOut: questions.length > 0 ? { run: id, questions: answers } : undefined, beside }
  } catch (error) {
    for (const one of beside.values()) await one.close()
    throw error
  } finally {
    await snapshot.close()
  }
}

/** How much each is of what is left when it begins. */
function sharesOfRest(weights: readonly number[]): readonly number[] {
  return weights.map((weight, place) => weight / weights.slice(place).reduce((sum, one) => sum + one, 0))
}

async function answersOf(
  bench: AnyBench,
  trained: AnyTrained,
  questions: readonly { readonly id: string; readonly query: unknown; readonly label: string }[],
  scores: Float64Array,
  run: Run,
): Promise<HeldOut['questions']> {
  const queries = questions.map(({ query }) => query)
  // What is refused is no answer that could be off.
  const answers =
    (bench.kind ?? 'classification') === 'classification'
      ? await familiarAnswers(trained, queries, run)
      : await trained.ask(queries, { signal: run.signal })
  return questions.flatMap(({ id, label }, place) => {
    const answer = answers[place]
    if (answer === undefined || answer instanceof InputError) return []
    const { probabilities = {}, familiarity = null, known = null, ...said } = shownAnswer(bench, answer)
    const [likeliest = ''] = Object.entries(probabilities).toSorted(([, a], [, b]) => b - a)[0] ?? []
    const score = scores[place] ?? Number.NaN
    const judged = { familiarity, known, score: Number.isNaN(score) ? null : score }
    return [{ id, label, predicted: labelOf(said) ?? likeliest, probabilities, ...judged }]
  })
}

/** Mean with its 95 % interval: Wilson's of shares, else by the normal distribution. */
function scoreOf(measure: string, all: Float64Array): Score | null {
  const scores = all.filter((score) => !Number.isNaN(score))
  const examples = scores.length
  if (examples === 0) return null
  const value = scores.reduce((sum, score) => sum + score, 0) / examples
  if (scores.every((score) => score === 0 || score === 1)) {
    const [low, high] = wilsonInterval(value, examples)
    return { measure, value, interval: [low, high], examples }
  }
  const variance = scores.reduce((sum, score) => sum + (score - value) ** 2, 0) / Math.max(examples - 1, 1)
  const margin = 1.96 * Math.sqrt(variance / examples)
  return { measure, value, interval: examples > 1 ? [value - margin, value + margin] : null, examples }
}

/** What the method that is kept is worth beside each other one, by pairs of the same questions. */
function verdictOf(judged: readonly Judged[], keep: string, areNumbers: boolean): string[] {
  const kept = judged.find(({ row }) => row.name === keep)
  if (!kept) return []
  return judged.flatMap((other) => {
    if (other === kept || other.row.failed !== null) return []
    const pairs = [...kept.scores].flatMap((score, place) => {
      const theirs = other.scores[place] as number
      return Number.isNaN(score) || Number.isNaN(theirs) ? [] : [[score, theirs] as const]
    })
    if (pairs.length < 2) return []
    const { mean, margin } = pairedDifference(pairs)
    if (pairs.every(([own, their]) => own === their))
      return [`${keep} and ${other.row.name} are equally good on each of ${counted(pairs.length, 'question')}.`]
    // Shares are said in points of a hundred, as which other measures come, and errors in their own unit.
    const unit = pairs.flat().some((score) => score > 1) ? 1 : 100
    const said = areNumbers
      ? `${Math.abs(mean).toPrecision(2)} ± ${margin.toPrecision(2)} ${mean >= 0 ? 'less' : 'more'} error on ${counted(pairs.length, 'question')}`
      : `${mean >= 0 ? '+' : ''}${(unit * mean).toFixed(1)} ± ${(unit * margin).toFixed(1)} points on ${counted(pairs.length, 'question')}`
    const effect = effectOf({ mean, margin })
    if (effect === 'helped') return [`${keep} is better than ${other.row.name} here, for certain: ${said}.`]
    if (effect === 'hurt') return [`${other.row.name} is better than ${keep} here, for certain: ${said}.`]
    return [`Whether ${keep} or ${other.row.name} is better here is not certain: ${said}.`]
  })
}

/** What is otherwise than at the run before, in sentences. */
function changedSince(
  before: StoredRun | undefined,
  { counts }: Pick<BenchSnapshot<unknown, unknown>, 'counts'>,
  keep: string,
  network: string | undefined,
): string[] {
  if (!before) return ['The first training.']
  const names = [...new Set([...Object.keys(before.counts), ...Object.keys(counts)])]
  const sentences = names.flatMap((name) => {
    const [then, now] = [before.counts[name] ?? 0, counts[name] ?? 0]
    if (then === now) return []
    return [now > then ? `${now - then} more of ${name}.` : `${then - now} fewer of ${name}.`]
  })
  if (before.kept !== keep) sentences.push(`${keep} in the place of ${before.kept}.`)
  if (network !== undefined && before.network !== null && before.network !== network)
    sentences.push(`The network ${network} in the place of ${before.network}.`)
  return sentences.length > 0 ? sentences : ['As many examples of each as before.']
}
