import { counted } from '../kit/counted.js'
import { createHash } from 'node:crypto'
import type { Backbone, ContentKey } from '../contract/backbone.js'
import type { Dataset } from './dataset.js'
import { DataError, InputError } from '../contract/errors.js'
import { contentKeys } from './if-readable.js'
import type { RunOptions } from '../contract/progress.js'
import type { Target } from '../contract/target.js'

/** Examples of one content. */
export interface Repetition {
  /** Their numbers, from 0, ascending. */
  readonly indices: readonly number[]
  /** The label of each. */
  readonly targets: readonly Target[]
  /** Beginning of the content where it is text. */
  readonly excerpt: string | undefined
}

/** Content that is in both the training and the test data. */
export interface Leak {
  /** Numbers of the examples in the training data, from 0, ascending. */
  readonly train: readonly number[]
  /** Numbers of the examples in the test data, from 0, ascending. */
  readonly test: readonly number[]
  /** Beginning of the content where it is text. */
  readonly excerpt: string | undefined
}

/** What `checkDataset` found. */
export interface DatasetCheck {
  /** Same content, same label; `count` is the number of examples that repeat an earlier one. */
  readonly duplicates: { readonly count: number; readonly groups: readonly Repetition[] }
  /** Same content, different labels; each holds all examples of its content. */
  readonly contradictions: readonly Repetition[]
  /** Same content in training and test data, whatever the label; `count` is the number of such test examples. */
  readonly leaks: { readonly count: number; readonly testSize: number; readonly groups: readonly Leak[] }
}

type KeyOf<Input> = Backbone<Input>['contentKey']

/** Options of `checkDataset`. */
export interface CheckOptions<Input> {
  /** What makes two inputs the same input; see `Backbone.contentKey`. */
  readonly contentKey: KeyOf<Input>
  /** Test data that must not contain training examples. */
  readonly test?: Dataset<Input, Target> | undefined
}

/**
 * Refuses training data that contradict themselves, and says what else is odd about them.
 * @throws DataError where too many examples contradict each other.
 */
export async function inspectDataset<Input>(
  train: Dataset<Input, Target>,
  { onEvent, ...options }: CheckOptions<Input> & Pick<RunOptions, 'onEvent'>,
): Promise<DatasetCheck> {
  const check = await checkDataset(train, options)
  assertConsistent(check, train)
  for (const message of describeCheck(check)) onEvent?.({ type: 'notice', message })
  return check
}

/**
 * Finds duplicates and contradictions in the training data, and training examples in the test data. Inputs that cannot
 * be read are passed over.
 */
export async function checkDataset<Input>(
  train: Dataset<Input, Target>,
  options: CheckOptions<Input>,
): Promise<DatasetCheck> {
  const contents = await byContent(train, options.contentKey)
  const repetition = (indices: readonly number[]): Repetition => ({
    indices,
    targets: indices.map((index) => train.targets[index] as Target),
    excerpt: excerptOf(train.inputs[indices[0] as number]),
  })
  const duplicates: Repetition[] = []
  const contradictions: Repetition[] = []
  for (const indices of contents.values()) {
    if (indices.length < 2) continue
    const byLabel = [...groupBy(indices, (index) => labelKey(train.targets[index] as Target)).values()]
    if (byLabel.length > 1) contradictions.push(repetition(indices))
    duplicates.push(...byLabel.filter((same) => same.length > 1).map(repetition))
  }
  const leaks: Leak[] = []
  for (const [content, test] of options.test ? await byContent(options.test, options.contentKey) : []) {
    const indices = contents.get(content)
    if (indices) leaks.push({ train: indices, test, excerpt: excerptOf(train.inputs[indices[0] as number]) })
  }
  return {
    duplicates: { count: total(duplicates, ({ indices }) => indices.length - 1), groups: duplicates },
    contradictions,
    leaks: { count: total(leaks, ({ test }) => test.length), testSize: options.test?.size ?? 0, groups: leaks },
  }
}

/** What was found, in sentences for people; none where all is well. Examples are counted from 1. */
export function describeCheck({ duplicates, contradictions, leaks }: DatasetCheck): string[] {
  const messages: string[] = []
  const [duplicate] = duplicates.groups
  if (duplicate) {
    const many = counted(duplicates.count, 'example repeats', 'examples repeat')
    const where = `${quoted(duplicate)}examples ${duplicate.indices.slice(0, 2).map(fromOne).join(' and ')}`
    const remedy = 'Remove the copies unless such examples really are that frequent.'
    messages.push(`${many} an earlier one with the same label, such as ${where}. ${remedy}`)
  }
  if (contradictions.length > 0) messages.push(`${describeContradictions(contradictions)}. ${relabel}`)
  const leak = describeLeaks(leaks, 'test')
  if (leak !== undefined) messages.push(leak)
  return messages
}

/**
 * Says of examples to measure on that they are in the training data; undefined where none are.
 * @param what Which examples: 'test', 'unseen'.
 */
export function describeLeaks(
  { count, testSize, groups: [leak] }: DatasetCheck['leaks'],
  what: string,
): string | undefined {
  if (!leak) return undefined
  const many = `${count} of ${testSize} ${what} examples ${count === 1 ? 'is' : 'are'}`
  const where = `${quoted(leak)}training example ${leak.train.slice(0, 1).map(fromOne)}`
  const both = `${where} and ${what} example ${leak.test.slice(0, 1).map(fromOne)}`
  const remedy = 'Remove them from one side: what was trained on does not measure what was learned.'
  return `${many} in the training data, too, such as ${both}. ${remedy}`
}

/** Share of contradicting examples up to which they pass as the noise of real data. */
const noise = 0.05

/**
 * Refuses training data whose labels contradict each other too often to be noise: in more than 5 % of the examples.
 * Numbers may differ for the same content as repeated measurements do; regression is never refused.
 *
 * @throws DataError with one contradiction as an example
 */
export function assertConsistent(check: DatasetCheck, train: Dataset<unknown, Target>): void {
  const involved = total(check.contradictions, ({ indices }) => indices.length)
  if (train.kind === 'regression' || involved <= noise * train.size) return
  const got = describeContradictions(check.contradictions, train.size)
  // A class has many texts, and a text one class: where it is the other way round, each stands in the place of the other.
  const isSwapped = new Set(train.targets.map(labelKey)).size > new Set(train.inputs).size
  const remedy = isSwapped
    ? `There are more labels than contents: if the columns are swapped, name them the other way round. Else correct the labels, or remove them.`
    : relabel
  throw new DataError(`data set "${train.name}"`, 'one label for the same content', got, remedy)
}

const relabel = 'Correct their labels or remove them.'

function describeContradictions(contradictions: readonly Repetition[], size?: number): string {
  const involved = total(contradictions, ({ indices }) => indices.length)
  const share = size === undefined ? '' : ` of ${size}`
  const many = `${involved}${share} examples whose content also occurs with another label`
  const [one] = contradictions
  if (!one) return many
  const other = one.targets.findIndex((target) => labelKey(target) !== labelKey(one.targets[0] as Target))
  const labeled = [0, other].map(
    (place) => `${JSON.stringify(one.targets[place])} at example ${fromOne(one.indices[place] as number)}`,
  )
  return `${many}, such as ${quoted(one)}${labeled.join(' and ')}`
}

async function byContent<Input>(
  data: Dataset<Input, Target>,
  contentKey: KeyOf<Input>,
): Promise<Map<string, number[]>> {
  const keys = await contentKeys(contentKey, data.inputs)
  const readable = [...keys.keys()].filter((index) => !(keys[index] instanceof InputError))
  return groupBy(readable, (index) => {
    const content = keys[index] as ContentKey
    return typeof content === 'string' ? content : createHash('sha256').update(content).digest('base64')
  })
}

function groupBy(indices: readonly number[], keyOf: (index: number) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const index of indices) {
    const key = keyOf(index)
    const group = groups.get(key)
    if (group) group.push(index)
    else groups.set(key, [index])
  }
  return groups
}

/** Equal for equal labels; the order in which several are listed does not matter. */
function labelKey(target: Target): string {
  return typeof target === 'object' ? JSON.stringify([...new Set(target)].sort()) : String(target)
}

const excerptLength = 60

function excerptOf(input: unknown): string | undefined {
  if (typeof input !== 'string') return undefined
  if (input.length <= excerptLength) return input
  // By code points, for half a surrogate pair is no text.
  const characters = Array.from(input.slice(0, 2 * excerptLength))
  return `${characters.slice(0, excerptLength - 1).join('')}…`
}

function quoted({ excerpt }: { readonly excerpt: string | undefined }): string {
  return excerpt === undefined ? '' : `${JSON.stringify(excerpt)}: `
}

function fromOne(index: number): number {
  return index + 1
}

function total<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0)
}
