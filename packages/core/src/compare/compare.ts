import type {
  Comparable,
  Comparison,
  ComparisonRow,
  Difference,
  Learner,
  Plan,
  Round,
  Spread,
} from '../contract/learner.js'
import type { TrainEvent } from '../contract/progress.js'
import { type Run, startRun } from '../contract/run.js'
import type { Measured, Shown } from '../contract/trained.js'
import { memoryStore } from '../features/memory-store.js'
import { pairedDifference } from '../evaluate/paired.js'

/** Draws of a learner that takes minutes: enough for an interval, and a fraction of an hour. */
const slowDraws = 3

/** A learner on one round. */
interface Trial<Data> {
  readonly learner: Learner<Data, Comparable<Data>>
  readonly round: Round<Data>
  readonly test: Measured
  readonly unseen: Measured | undefined
  readonly seconds: number
}

/**
 * Measures what learners are worth on one's own data: every one on every round that suits it, asked the same questions,
 * which were never trained on. What one has beside another that it names is said by pairs, with a 95 % interval.
 * @throws DataError when the protocol finds too little to draw from or to ask about.
 */
export async function compare<Data>(
  { data, learners, protocol }: Plan<Data, Comparable<Data>>,
  run: Run = startRun(),
): Promise<Comparison & Shown> {
  const planned: Pick<Trial<Data>, 'learner' | 'round'>[] = []
  const draws = new Map<string, number>()
  for await (const round of protocol.rounds(data, run)) {
    const draw = draws.get(round.row) ?? 0
    draws.set(round.row, draw + 1)
    const suited = learners.filter((learner) => learner.suits(round.train))
    const drawn = suited.filter(({ takes }) => takes === 'seconds' || draw < slowDraws)
    planned.push(...drawn.map((learner) => ({ learner, round })))
  }
  const rounds = [...new Set(planned.map(({ round }) => round))]
  const quiet = { ...run, onEvent: noticesOnce(run.onEvent) }
  const trials: Trial<Data>[] = []
  for (const { learner, round } of planned) {
    run.signal?.throwIfAborted()
    trials.push(await tried(learner, round, quiet))
    run.onEvent?.({ type: 'compare', done: trials.length, total: planned.length, method: learner.name })
  }
  const comparison = compared(learners, rounds, trials, protocol.pairs)
  const { json, text } = protocol.show(comparison, rounds)
  return Object.defineProperties(comparison as Comparison & Shown, { json: { get: () => json }, text: { value: text } })
}

async function tried<Data>(
  learner: Learner<Data, Comparable<Data>>,
  round: Round<Data>,
  run: Run,
): Promise<Trial<Data>> {
  const own = { ...run, seed: round.seed, cache: await cacheOf(learner, run) }
  // Features of a network that was tuned are gone with it.
  const isTuned = learner.takes === 'minutes' && learner.keep !== 'for the run'
  const measuring = isTuned ? { ...own, cache: false as const } : own
  const started = performance.now()
  const trained = await learner.fit(round.train, own)
  try {
    const fitted = (performance.now() - started) / 1000
    const seconds = fitted + ((await learner.cachedSeconds?.(round.train, own)) ?? 0)
    const { test, unseen } = round.tests
    return {
      learner,
      round,
      seconds,
      test: await trained.measure(test, measuring),
      unseen: unseen === undefined ? undefined : await trained.measure(unseen, measuring),
    }
  } finally {
    await trained.close()
  }
}

function compared<Data>(
  learners: readonly Learner<Data, Comparable<Data>>[],
  rounds: readonly Round<Data>[],
  trials: readonly Trial<Data>[],
  pairs: 'draws' | 'questions',
): Comparison {
  const readable = rounds.map((round) => {
    const scores = trials.filter((trial) => trial.round === round).map(({ test }) => test.scores)
    return [...(scores[0]?.keys() ?? [])].filter((place) => scores.every((one) => !Number.isNaN(one[place])))
  })
  const readableIn = (round: Round<Data>): readonly number[] => readable[rounds.indexOf(round)] as readonly number[]
  const scoresOf = ({ round, test }: Trial<Data>): number[] =>
    readableIn(round).map((place) => test.scores[place] as number)
  const rowNames = [...new Set(rounds.map(({ row }) => row))]
  const trialsOf = (learner: unknown, row: string): Trial<Data>[] =>
    trials.filter((trial) => trial.learner === learner && trial.round.row === row)

  const rows = learners.flatMap((learner) =>
    rowNames.flatMap((row): ComparisonRow[] => {
      const own = trialsOf(learner, row)
      const [first] = own
      if (!first) return []
      const unseen = own.flatMap((trial) => (trial.unseen ? [meanOf([...trial.unseen.scores].filter(isRead))] : []))
      return [
        {
          learner: learner.name,
          row,
          columns: first.round.columns,
          draws: own.length,
          test: spreadOf(own.map((trial) => meanOf(scoresOf(trial)))),
          ...(unseen.length > 0 && { unseen: spreadOf(unseen) }),
          figures: meanFigures(own.map(({ test }) => test.figures)),
          spreads: spreadFigures(own.map(({ test }) => test.figures)),
          seconds: meanOf(own.map(({ seconds }) => seconds)),
        },
      ]
    }),
  )
  const differences = rowNames.flatMap((row) =>
    learners.flatMap((learner) =>
      learner.adds.flatMap(({ what, to }): Difference[] => {
        const [own, others] = [trialsOf(learner, row), trialsOf(to, row)]
        const both = own.flatMap((trial) => {
          const other = others.find(({ round }) => round === trial.round)
          return other ? [[scoresOf(trial), scoresOf(other)] as const] : []
        })
        if (both.length === 0) return []
        const differences =
          pairs === 'draws'
            ? both.map(([a, b]) => [meanOf(a), meanOf(b)] as const)
            : both.flatMap(([a, b]) => a.map((score, place) => [score, b[place] as number] as const))
        return [{ row, what, learner: learner.name, to: to.name, ...pairedDifference(differences) }]
      }),
    ),
  )
  return { readable, rows, differences }
}

async function cacheOf({ keep = 'for good' }: Learner<never, unknown>, run: Run): Promise<Run['cache']> {
  if (keep === 'for good') return run.cache
  return keep === 'never' ? false : run.once(['features of this run'], async () => memoryStore())
}

/** Notices of the single trainings, each once: what else happens in them is not worth following. */
function noticesOnce(onEvent: Run['onEvent']): Run['onEvent'] {
  const said = new Set<string>()
  return (event: TrainEvent) => {
    if (event.type !== 'notice' || said.has(event.message)) return
    said.add(event.message)
    onEvent?.(event)
  }
}

function meanFigures(all: readonly Measured['figures'][]): Measured['figures'] {
  return Object.fromEntries(
    [...valuesByName(all)].map(([name, values]) => [name, values.length > 0 ? meanOf(values) : null]),
  )
}

function spreadFigures(all: readonly Measured['figures'][]): Record<string, Spread> {
  const measured = [...valuesByName(all)].filter(([, values]) => values.length > 0)
  return Object.fromEntries(measured.map(([name, values]) => [name, spreadOf(values)]))
}

/** What was measured of each figure. */
function valuesByName(all: readonly Measured['figures'][]): Map<string, number[]> {
  const names = [...new Set(all.flatMap((figures) => Object.keys(figures)))]
  return new Map(names.map((name) => [name, all.flatMap((figures) => figures[name] ?? [])]))
}

function isRead(score: number): boolean {
  return !Number.isNaN(score)
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Mean and sample standard deviation; 0 for a single value. */
function spreadOf(values: readonly number[]): Spread {
  const mean = meanOf(values)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 }
}
