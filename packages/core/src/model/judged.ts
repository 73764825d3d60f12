import { DataError } from '../contract/errors.js'
import type { Matrix } from '../contract/matrix.js'
import type { Judged } from '../contract/prediction.js'
import type { RunOptions } from '../contract/progress.js'
import { leastConformity } from '../trust/conformity.js'
import { type Familiarity, likenessOf } from '../trust/familiarity.js'
import type { Ranked } from '../trust/ranked.js'
import { thresholdOf, type Unknown } from '../trust/refusal.js'
import type { Trust } from '../trust/trust.js'
import type { Answer } from './answers.js'

/** What is asked of a model beside its answers. */
interface Judge {
  readonly kind: string
  readonly labels: readonly string[]
  readonly trust: Trust
  readonly training: { readonly examples: number }
}

/**
 * The answers, and of each whether its input is known; where it is not, there is none. What says nothing is never known, however
 * familiar its features are.
 * @param features Of the inputs, `[n, featureSize]`.
 * @param saysNothing Whether the input of a number does, such as an empty text.
 * @throws DataError where the model cannot tell.
 */
export async function judged(
  model: Judge,
  answers: readonly Answer[],
  features: Matrix,
  unknown: Unknown,
  saysNothing: (index: number) => boolean,
  { onEvent }: RunOptions,
): Promise<Judged<Answer>[]> {
  const familiarity = familiarityIn(model)
  const { value, rough } = thresholdOf(familiarity.held, unknown)
  if (rough) onEvent?.({ type: 'notice', message: describeRough(familiarity.held, unknown) })
  const likeness = await likenessOf(features, familiarity)
  return answers.map((answer, index) => {
    const own = likeness.familiarity[index] as number
    const known = own >= value && !saysNothing(index)
    const refused =
      'label' in answer ? { label: undefined } : 'labels' in answer ? { labels: [] } : { value: undefined }
    return {
      ...answer,
      ...(known ? {} : refused),
      nearest: model.labels[likeness.nearest[index] as number],
      familiarity: own,
      known,
    } as Judged<Answer>
  })
}

/** Says of a threshold that it is rough. */
function describeRough({ examples }: Ranked, unknown: Unknown): string {
  const share = typeof unknown === 'number' ? unknown : unknown.share
  const needed = Math.ceil(1 / share - 1)
  return `What is unknown is told by a rough threshold: the model has ${examples} training examples to tell what is usual, and ${needed} are needed for ${100 * share} %.`
}

/**
 * What tells whether inputs are familiar.
 * @throws DataError where the model cannot tell.
 */
export function familiarityIn({
  trust,
  training,
}: Pick<Judge, 'trust' | 'training'>): Familiarity & { readonly held: Ranked } {
  const { familiarity } = trust
  if (familiarity?.held) return { ...familiarity, held: familiarity.held }
  if (training.examples === 0) {
    throw cannotTell(
      'whether an input is unknown',
      'made from names of classes, without examples, or trained elsewhere',
      'Train it with examples.',
    )
  }
  if (familiarity) {
    throw cannotTell(
      'whether an input is unknown',
      'of one example of each class, which tells nothing of others',
      'Add examples.',
    )
  }
  const remedy =
    'Train it again with this version; where that does not help, the network sees no difference between its examples.'
  throw cannotTell('whether an input is unknown', 'saved without what tells it', remedy)
}

/**
 * The answers with the set of classes, or the interval, that holds the right one with this probability.
 * @throws DataError where the model cannot promise it.
 */
export function withSets(
  { kind, trust, training, labels }: Judge,
  answers: readonly Answer[],
  coverage: number,
): Answer[] {
  const what = 'which answers hold the right one so often'
  if (kind === 'multi-label') {
    throw cannotTell(what, 'for several labels at once', 'Read the probability of each label.')
  }
  if (!trust.conformity) {
    if (training.examples === 0)
      throw cannotTell(
        what,
        'made from names of classes, without examples, or trained elsewhere',
        'Train it with examples.',
      )
    throw cannotTell(what, 'whose examples were never held out', 'Train it again with this version, and without l2.')
  }
  const least = leastConformity(trust.conformity, coverage)
  return answers.map((answer) => {
    if ('value' in answer) return { ...answer, interval: [answer.value + least, answer.value - least] }
    if (!('label' in answer)) return answer
    const { label, probabilities } = answer
    const others = labels.filter((one) => one !== label && (probabilities[one] as number) >= least)
    return {
      ...answer,
      set: [label, ...others.sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number))],
    }
  })
}

function cannotTell(what: string, got: string, remedy: string): DataError {
  return new DataError('model', `one that can tell ${what}`, `one ${got}`, remedy)
}
