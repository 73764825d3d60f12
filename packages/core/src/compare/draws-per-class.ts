import { counted } from '../kit/counted.js'
import type { Backbone } from '../contract/backbone.js'
import { DataError, OptionError } from '../contract/errors.js'
import type { Comparison, ComparisonRow, Difference, Protocol, Round, Spread } from '../contract/learner.js'
import type { RunOptions } from '../contract/progress.js'
import type { Target } from '../contract/target.js'
import type { ListedNetwork } from '../contract/task.js'
import type { Shown } from '../contract/trained.js'
import { Dataset } from '../data/dataset.js'
import { checkDataset, describeLeaks, inspectDataset } from '../data/dataset-check.js'
import { shown } from '../kit/shown.js'
import { textTable } from '../kit/text-table.js'
import { effectOf } from '../evaluate/paired.js'

/** Options of `drawsPerClass`. */
export interface DrawsPerClassOptions<Input, Label extends Target> {
  /** Examples per class. Default: 8, 16, 64. */
  readonly shots?: readonly number[] | undefined
  /** Random draws of the training examples. Default: 5. */
  readonly draws?: number | undefined
  /** Examples to measure on. Default: those that the data set aside (`Dataset.test`), else 30 % of them, held out before anything is drawn. */
  readonly test?: Dataset<Input, Label> | undefined
  /** Examples of a domain that is never trained on, measured as well. */
  readonly unseen?: Dataset<Input, Label> | undefined
  /**
   * Networks of the kind that were not tried. Where transfer did not help for certain at any number of examples, the verdict names
   * them. Default: none.
   */
  readonly others?: readonly ListedNetwork[] | undefined
}

const heldOutShare = 0.3
const usualShots = [8, 16, 64]

/**
 * Random draws of so many examples of each class, and first of all the names of the classes without examples; asked are
 * examples that are never drawn.
 * @param backbone Says what makes two inputs the same: copies of training examples among those that are asked flatter every
 *   learner, and are said.
 * @throws OptionError for shots or draws out of range.
 */
export function drawsPerClass<Input, Label extends Target>(
  backbone: Pick<Backbone<Input>, 'contentKey'>,
  options: DrawsPerClassOptions<Input, Label> = {},
): Protocol<Dataset<Input, Label>> {
  const { shots = usualShots, draws = 5, unseen, others = [] } = options
  checkWhole('seeds', draws, 1)
  if (shots.length === 0)
    throw new OptionError('option "shots"', 'at least one number', 'none', 'Leave it out for 8, 16, 64.')
  for (const perClass of shots) checkWhole('shots', perClass, 2)
  return {
    measure: 'accuracy',
    pairs: 'draws',
    async *rounds(data, { onEvent }) {
      if (data.kind !== 'classification') {
        const remedy = 'Measure one model by evaluate.'
        throw new DataError(
          `data set "${data.name}"`,
          'one class for each example, to draw from each',
          data.kind,
          remedy,
        )
      }
      const { test: apart = data.test } = options
      const { train, test } = apart ? { train: data, test: apart } : data.split({ test: heldOutShare, seed: 0 })
      const possible = possibleShots(train, shots, onEvent)
      const contentKey = (input: Input) => backbone.contentKey(input)
      const { leaks } = await inspectDataset(train, { contentKey, test, onEvent })
      const { leaks: further } = await checkDataset(train, { contentKey, test: unseen })
      const message = describeLeaks(further, 'unseen')
      if (message !== undefined) onEvent?.({ type: 'notice', message })
      const tests = { test, leaked: leaks.count, unseen, unseenLeaked: further.count }
      yield { row: 'names alone', columns: { shots: 0 }, seed: 0, train: Dataset.ofLabels(train.labels), tests }
      for (const perClass of possible) {
        for (let seed = 0; seed < draws; seed++) {
          const [row, columns] = [`${counted(perClass, 'example')} per class`, { shots: perClass }]
          yield { row, columns, seed, train: train.sample({ perClass, seed }), tests }
        }
      }
    },
    show: (comparison, rounds) => show(comparison, rounds, others),
  }
}

/** One line of the table, as programs know it. */
function rowOf({ learner, columns, draws, test, unseen, seconds }: ComparisonRow) {
  return {
    method: learner,
    shots: Number(columns['shots']),
    seeds: draws,
    accuracy: test,
    ...(unseen && { unseenAccuracy: unseen }),
    trainSeconds: seconds,
  }
}

function show<Input, Label extends Target>(
  { rows, differences, readable }: Comparison,
  rounds: readonly Round<Dataset<Input, Label>>[],
  others: readonly ListedNetwork[],
): Shown {
  const asked = rounds[0]?.tests.test.subset(readable[0] ?? [])
  const figures = {
    kind: 'classification',
    testExamples: asked?.size ?? 0,
    majorityAccuracy: asked ? Math.max(...asked.classCounts().values()) / asked.size : 0,
    rows: rows.map(rowOf),
    verdict:
      [...differences.map(sentenceOf), ...worthTrying(differences, others)].join(' ') ||
      'Only one method was measured: there is nothing to compare.',
  }
  const { leaked = 0, unseenLeaked = 0 } = rounds[0]?.tests ?? {}
  return shown(figures, (said) => tableOf(said, leaked, unseenLeaked))
}

function sentenceOf(difference: Difference): string {
  const { row, what, learner, to, mean, margin } = difference
  const points = `${mean < 0 ? '-' : '+'}${(100 * Math.abs(mean)).toFixed(1)} points of accuracy`
  const range = Number.isFinite(margin) ? ` (± ${(100 * margin).toFixed(1)})` : ' (one seed: no interval)'
  return `With ${row} ${what} ${effectOf(difference)}: ${points}${range}, ${learner} beside ${to}.`
}

/** How many other networks are named. */
const mostNamed = 4

/** Networks to try where what the one at hand knows was of no certain use. */
function worthTrying(differences: readonly Difference[], others: readonly ListedNetwork[]): string[] {
  const transfer = differences.filter(({ what }) => what === 'transfer')
  if (others.length === 0 || transfer.length === 0 || transfer.some((one) => effectOf(one) === 'helped')) return []
  const named = others.slice(0, mostNamed).map(({ id, parameters, description }) => {
    const size = parameters === undefined ? 'built in' : `${Math.round(parameters / 1e6)} million weights`
    return `${id} (${size}; ${description})`
  })
  return [
    `Other networks may know more of these: ${named.join(', ')}. Set them side by side with the option backbones (on the command line: --backbones).`,
  ]
}

/** One line for each number of examples and method. */
function tableOf(
  {
    rows,
    testExamples,
    majorityAccuracy,
    verdict,
  }: {
    readonly rows: readonly ReturnType<typeof rowOf>[]
    readonly testExamples: number
    readonly majorityAccuracy: number
    readonly verdict: string
  },
  leaked: number,
  unseenLeaked: number,
): string {
  const hasUnseen = rows.some(({ unseenAccuracy }) => unseenAccuracy)
  const lines = rows
    .toSorted((a, b) => a.shots - b.shots)
    .map((row) => [
      `${row.shots} per class`,
      row.method,
      plusMinus(row.accuracy),
      ...(hasUnseen ? [row.unseenAccuracy ? plusMinus(row.unseenAccuracy) : ''] : []),
      `${row.trainSeconds.toFixed(2)} s`,
    ])
  const header = ['examples', 'method', 'accuracy', ...(hasUnseen ? ['unseen domain'] : []), 'training']
  const drawn = rows.filter(({ shots }) => shots > 0)
  const most = Math.max(0, ...drawn.map(({ seeds }) => seeds))
  const fewer = drawn.filter(({ seeds }) => seeds < most)
  const exceptions = [...new Set(fewer.map(({ method, seeds }) => `${method}: ${seeds}`))].join(', ')
  const draws = `${most} ${most === 1 ? 'draw' : 'draws'}${exceptions && ` (${exceptions})`}`
  const asked =
    leaked === 0
      ? ' not trained on'
      : `, of which ${leaked} can be trained on as well, so that in part it is what was shown that is measured`
  const known = `Of the unseen domain ${counted(unseenLeaked, 'example')} can be trained on as well: it is not unseen.`
  return [
    textTable([header, ...lines]),
    `Mean ± standard deviation over ${draws}, on ${counted(testExamples, 'example')}${asked}; always the most frequent class: ${majorityAccuracy.toFixed(3)}.`,
    ...(unseenLeaked > 0 ? [known] : []),
    verdict,
  ].join('\n')
}

function plusMinus({ mean, sd }: Spread): string {
  return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`
}

/** The shots for which every class has examples; the others are left out, and said. */
function possibleShots(
  train: Dataset<unknown, Target>,
  shots: readonly number[],
  onEvent: RunOptions['onEvent'],
): number[] {
  const [label, fewest] = [...train.classCounts()].reduce(
    (least, entry) => (entry[1] < least[1] ? entry : least),
    ['', Number.POSITIVE_INFINITY],
  )
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

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return
  throw new OptionError(`option "${name}"`, `whole numbers from ${least} on`, String(value), 'Correct it.')
}
