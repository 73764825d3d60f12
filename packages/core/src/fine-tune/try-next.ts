import { takeRows } from '../contract/matrix.js'
import { toPredictions } from '../contract/prediction.js'
import type { RunOptions } from '../contract/progress.js'
import type { Target } from '../contract/target.js'
import { Dataset } from '../data/dataset.js'
import { largeEnoughClasses } from '../data/large-enough-classes.js'
import { pairedDifference } from '../evaluate/paired.js'
import { headResults } from '../head/head-results.js'
import { random } from '../kit/random.js'
import { scoreOfAnswer } from '../model/answers.js'
import type { KeptExamples } from '../model/kept-examples.js'
import type { Taught, Tried } from '../model/teacher.js'
import { familiarityOf, likenessOf } from '../trust/familiarity.js'
import { certaintyOf, nextRows } from '../trust/next-rows.js'
import { learnHead } from './train-head.js'

/** How often it is tried. */
const rounds = 10
/** Fewest labels that show a difference. */
const fewest = 5

/**
 * Whether labels of chosen examples teach more than as many at random: in each round a part of the kept examples is held out, a third
 * of the others is learned from, and labels are taken from the rest in either way.
 * @param count How many are chosen; fewer where the model keeps few examples.
 * @returns undefined where it keeps too few
 */
export async function tryNext(
  { recipe, kind }: Pick<Taught<never>, 'recipe' | 'kind'>,
  { features, examples }: KeptExamples,
  count: number,
  { signal }: RunOptions,
): Promise<Tried | undefined> {
  const data = new Dataset(examples.map(({ label }, row) => ({ input: row, label })))
  const labels = Math.min(count, Math.floor(data.size * 0.7 * (2 / 3) * 0.5))
  if (labels < fewest) return undefined
  const { l2, seed, classWeight, head } = recipe
  const options = { seed, classWeight, signal, ...(head && { head }), ...(l2 > 0 && { l2 }) }

  const learned = (rows: readonly number[]) => {
    const own = largeEnoughClasses(data.subset(rows), {})
    return learnHead(own, takeRows(features, own.inputs), options)
  }
  const pairs: [number, number][] = []
  for (let round = 0; round < rounds; round++) {
    signal?.throwIfAborted()
    const { train, test } = data.split({ test: 0.3, seed: round })
    const { train: pool, test: start } = train.split({ test: 1 / 3, seed: round })
    const poolFeatures = takeRows(features, pool.inputs)
    const first = await learned(start.inputs)
    const results = await headResults(first.head, poolFeatures)
    const known = takeRows(features, start.inputs)
    const certainty = certaintyOf(
      kind,
      results,
      kind === 'regression'
        ? (
            await likenessOf(
              poolFeatures,
              await familiarityOf(
                known,
                start.inputs.map(() => [0]),
                1,
              ),
            )
          ).familiarity
        : [],
    )
    const scoreWith = async (added: readonly number[]): Promise<number> => {
      const { head: own, data: learnedFrom } = await learned([
        ...start.inputs,
        ...added.map((row) => pool.inputs[row] as number),
      ])
      const answers = toPredictions<Target>(
        kind,
        learnedFrom.labels,
        await headResults(own, takeRows(features, test.inputs)),
      )
      return (
        answers.reduce((sum, answer, index) => sum + scoreOfAnswer(answer, test.targets[index] as Target), 0) /
        test.size
      )
    }
    const chosen = nextRows(poolFeatures, certainty, labels, known)
    const drawn = random(round)
      .shuffle([...pool.inputs.keys()])
      .slice(0, labels)
    pairs.push([await scoreWith(chosen), await scoreWith(drawn)])
  }
  const { mean, margin } = pairedDifference(pairs)
  return { gain: mean, margin, rounds, labels }
}
