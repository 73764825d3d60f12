import { assertBackbone, assertDataset } from '../data/assert-arguments.js'
import { type Backbone, type ContentKey, isTunable } from '../contract/backbone.js'
import { InputError } from '../contract/errors.js'
import type { InputChecks, Pair } from '../contract/input-checks.js'
import { type Matrix, takeRows } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import type { Target } from '../contract/target.js'
import type { Checked } from '../contract/task.js'
import { Dataset } from '../data/dataset.js'
import { contentKeys } from '../data/if-readable.js'
import { missingNames, spellingsOf } from '../data/odd-labels.js'
import { allAlike } from '../features/alike.js'
import { type CacheOption, computeFeatures, resolveCache } from '../features/cached-features.js'
import { documented } from '../kit/documented.js'
import { checkPage } from './check-page.js'
import type { DataCheck } from './data-check.js'
import { doubtful, labelDoubts } from './doubtful-labels.js'
import { formatCheck } from './format-check.js'
import { giveawaysIn } from './giveaways.js'
import { groupsOfPairs } from './groups-of-pairs.js'
import { type Issue, issueKinds } from './issue.js'
import { type Nearest, nearestOthers } from './nearest.js'
import { outliersOf } from './outliers.js'
import { suspectsOf } from './suspects.js'

/** Options of `checkData`. */
export interface CheckDataOptions<Input, Label extends Target> extends RunOptions {
  /** Examples to measure on, which must not be among the others. Default: those that the data set sets aside. */
  readonly test?: Dataset<Input, Label> | undefined
  /** Other columns of the examples, by name: whether they give the label away. Default: none. */
  readonly columns?: ReadonlyMap<string, readonly string[]> | undefined
  /** Seed of the folds in which labels are held out. Default 0. */
  readonly seed?: number | undefined
  /** Feature cache; default: the one on disk. `false` switches it off. */
  readonly cache?: CacheOption | undefined
}

/** Fewest different examples of a class that is not called small. */
const fewest = 5
/** Neighbors that are looked for: those that are asked about a label. */
const neighbors = 10
/** Inputs whose features have this cosine, seen from the mean of all, are nearly the same where their kind does not know it better. */
const nearlyTheSame = 0.99
/** Features that are the same but for the rounding of batches. */
const noDifference = 1 - 1e-6
/** Characters of an input that an issue quotes. */
const quoted = 120

/**
 * Looks for what is wrong with data before anything is learned from them: labels that look wrong or contradict each other, the same
 * example twice or in training and test data, names of classes that are spelled in several ways, classes that are too small, columns
 * that give the label away, inputs that cannot be read, that are like no other, or that the network does not tell apart.
 *
 * Labels are checked where each example has one class; of what else cannot be checked `notes` says why.
 * @param backbone The network by whose features examples are compared.
 * @throws DataError for features that are not finite; HeadstartError of the backbone's.
 */
export async function checkData<Input, Label extends Target>(
  backbone: Backbone<Input>,
  data: Dataset<Input, Label>,
  options: CheckDataOptions<Input, Label> = {},
): Promise<DataCheck & Checked> {
  assertBackbone('checkData', backbone)
  assertDataset('checkData', data)
  const { test = data.test, columns = new Map<string, readonly string[]>(), signal, onEvent } = options
  const checks: InputChecks<Input> = (isTunable(backbone) && backbone.preprocessing.checks) || {}
  const inputs = [...data.inputs, ...(test?.inputs ?? [])]
  const issues: Issue[] = []
  const doubts: (number | null)[] = data.targets.map(() => null)
  const notes: string[] = []
  const quote = (row: number): { input?: string } => {
    const input = inputs[row]
    return typeof input === 'string'
      ? {
          input: Array.from(input.slice(0, 2 * quoted))
            .slice(0, quoted)
            .join(''),
        }
      : {}
  }
  /** @param rows From 0, of the training data and behind them of the test data. */
  const add = (rows: readonly number[], issue: Omit<Issue, 'rows' | 'testRows' | 'input'>): void => {
    const inTest = rows.filter((row) => row >= data.size).map((row) => row - data.size + 1)
    issues.push({
      ...issue,
      rows: rows.filter((row) => row < data.size).map((row) => row + 1),
      ...(inTest.length > 0 && { testRows: inTest }),
      ...(rows[0] !== undefined && quote(rows[0])),
    })
  }

  const unreadable = new Map<number, InputError>()
  const cache = await resolveCache(options)
  const onUnreadable = (row: number, error: InputError): void => void unreadable.set(row, error)
  const features = await computeFeatures(backbone, inputs, { cache, signal, onEvent, onUnreadable })
  for (const [row, error] of unreadable) {
    add([row], { kind: 'unreadable', labels: namesOf(data.targets[row]), score: 1, advice: error.message })
  }
  for (const [row, input] of inputs.entries()) {
    const what = unreadable.has(row) ? undefined : checks.emptiness?.(input)
    if (what === undefined) continue
    const advice = `It is ${what}: it says nothing of its label. Add what is missing, or remove it.`
    add([row], { kind: 'unreadable', labels: namesOf(data.targets[row]), score: 0.9, advice })
  }
  const readable = [...inputs.keys()].filter((row) => !unreadable.has(row))
  const known = readable.filter((row) => row < data.size)

  // What is one content, and what nearly.
  const keys = await contentKeys((input: Input) => backbone.contentKey(input), inputs)
  const firstOf = firstRows(keys)
  const distinct = readable.filter(
    (row) => firstOf[row] === row && checks.emptiness?.(inputs[row] as Input) === undefined,
  )
  const ofDistinct = distinct.length > 1 ? takeRows(features, distinct) : undefined
  const alike = ofDistinct && allAlike(ofDistinct)
  const nearestAmong = nearestOnce(features, signal)
  const nearest = ofDistinct && !alike ? await nearestAmong(distinct) : undefined
  const close = checks.nearDuplicates
    ? await checks.nearDuplicates(
        distinct.map((row) => inputs[row] as Input),
        signal,
      )
    : nearest
      ? closePairs(nearest, nearlyTheSame)
      : []
  const near = close.map(({ a, b, likeness }) => ({ a: distinct[a] as number, b: distinct[b] as number, likeness }))
  const copies = readable.flatMap((row) =>
    firstOf[row] === row ? [] : [{ a: firstOf[row] as number, b: row, likeness: 1 }],
  )
  const groups = groupsOfPairs([...copies, ...near])
  const likenessOf = new Map(near.flatMap(({ a, b, likeness }) => [[a, likeness] as const, [b, likeness] as const]))
  const groupOf = new Map<number, number>()
  for (const { members } of groups) {
    for (const row of members) groupOf.set(row, members[0] as number)
    const isOne = new Set(members.map((row) => firstOf[row])).size === 1
    const score = isOne ? 1 : Math.max(...members.map((row) => likenessOf.get(row) ?? 0))
    const same = isOne ? 'the same content' : 'nearly the same content'
    const own = members.filter((row) => row < data.size)
    const labels = distinctNames(own.map((row) => data.targets[row] as Target))
    if (own.length > 0 && own.length < members.length) {
      const advice = `Training and test data have ${same}: remove it from one of them, for what was trained on does not measure what was learned.`
      add(members, { kind: 'leak', labels, score, advice })
    }
    if (own.length < 2) continue
    if (labels.length > 1 && data.kind !== 'regression') {
      const advice = `Examples of ${same} have different labels: correct them, or remove those that are wrong.`
      add(own, { kind: 'contradiction', labels, score, advice })
    } else {
      const advice = isOne
        ? 'The same example several times: keep one, unless it really is that frequent.'
        : 'Nearly the same example several times: keep one, or give them one group (--group-column), so that none is measured on while another is learned from.'
      add(own, { kind: isOne ? 'duplicate' : 'near-duplicate', labels, score, advice })
    }
  }
  if (alike) {
    const advice = `"${backbone.id}" sees no difference between any of these inputs: check whether they can be seen at all (black pictures, a script that it cannot read), or take another backbone.`
    add(known, { kind: 'indistinct', labels: data.labels, score: 1, advice })
    notes.push('Labels and outliers were not checked: the features of all examples are alike.')
  } else if (nearest && checks.nearDuplicates) {
    const isNear = new Set(near.map(({ a, b }) => `${a} ${b}`))
    const same = closePairs(nearest, noDifference)
      .map(({ a, b, likeness }) => ({ a: distinct[a] as number, b: distinct[b] as number, likeness }))
      .filter(({ a, b }) => !isNear.has(`${a} ${b}`) && a < data.size && b < data.size)
    for (const { members } of groupsOfPairs(same)) {
      const labels = distinctNames(members.map((row) => data.targets[row] as Target))
      const advice = `"${backbone.id}" sees no difference between these ${members.length} inputs: it may not know their characters, or read their beginning alone. Take another backbone if they mean different things.`
      add(members, { kind: 'indistinct', labels, score: labels.length > 1 ? 1 : 0.5, advice })
    }
  }

  if (data.kind !== 'regression') checkNames(data, add)
  if (data.kind === 'classification') {
    const labels = data.targets as readonly string[]
    for (const { name, share, baseline } of giveawaysIn(await withTraits(columns, data, checks, known), labels)) {
      const percent = (value: number): string => `${Math.round(100 * value)} %`
      const advice = `"${name}" says the label of ${percent(share)} of the examples (always guessing the most frequent: ${percent(baseline)}). Where new inputs do not have it, or have it otherwise, what is learned from it is worth nothing: leave it out of the input, or make it alike for all classes.`
      add([], { kind: 'giveaway', labels: [name], score: share, advice })
    }
  }

  if (!alike) {
    const others = known.length > 1 ? await nearestAmong(known) : undefined
    for (const { row, likeness } of others ? outliersOf(others) : []) {
      const advice =
        'It is unlike all other examples: look whether it belongs to the task, and add others like it if it does.'
      const at = known[row] as number
      add([at], { kind: 'outlier', labels: namesOf(data.targets[at]), score: Math.min(1, 1 - likeness), advice })
    }
    await checkLabels(data, known, features, nearestAmong, groupOf, add, doubts, notes, options)
  }

  const order = new Map(issueKinds.map((kind, place) => [kind, place]))
  issues.sort((a, b) => (order.get(a.kind) as number) - (order.get(b.kind) as number) || b.score - a.score)
  const check: DataCheck = {
    kind: data.kind,
    examples: data.size,
    testExamples: test?.size ?? 0,
    labels: data.labels,
    issues,
    labelDoubts: doubts,
    notes,
  }
  const pictureOf = async (row: number): Promise<string | undefined> => checks.picture?.(inputs[row] as Input)
  const found = documented(check, { text: formatCheck, page: () => checkPage(check, data.name, pictureOf) })
  return Object.defineProperties(found as DataCheck & Checked, {
    suspects: { value: () => suspectsOf(issues, inputs) },
  })
}

type Add = (rows: readonly number[], issue: Omit<Issue, 'rows' | 'testRows' | 'input'>) => void

/** Names of classes: spelled in several ways, standing for nothing, of too few examples. */
function checkNames(data: Dataset<unknown, Target>, add: Add): void {
  const rowsOf = new Map<string, number[]>(data.labels.map((label) => [label, []]))
  data.targets.forEach((target, row) => namesOf(target).forEach((name) => rowsOf.get(name)?.push(row)))
  const counts = new Map([...rowsOf].map(([label, rows]) => [label, rows.length]))
  for (const names of spellingsByCount(counts)) {
    const [usual, ...others] = names
    const rows = others.flatMap((name) => rowsOf.get(name) ?? []).sort((a, b) => a - b)
    const advice = `Names that differ by capitals or white space alone are classes of their own. If they are one, write "${usual}" in these rows.`
    add(rows, { kind: 'label-name', labels: names, score: 1, advice })
  }
  for (const name of missingNames(data.labels)) {
    const advice = `"${name}" is a class like any other. If it means that the label is missing, remove these rows, or label them.`
    add(rowsOf.get(name) ?? [], { kind: 'label-name', labels: [name], score: 0.8, advice })
  }
  for (const [label, rows] of rowsOf) {
    if (rows.length === 0 || rows.length >= fewest) continue
    const advice =
      rows.length === 1
        ? `"${label}" has 1 example: none can be held out, so that it is left out of training. Add examples.`
        : `"${label}" has ${rows.length} examples: too few to learn and to measure it well. Add some, or join it with another class.`
    add(rows, { kind: 'small-class', labels: [label], score: 1 - rows.length / fewest, advice })
  }
}

/** Names that are one but for capitals and white space, the most frequent first. */
function spellingsByCount(counts: ReadonlyMap<string, number>): string[][] {
  const byCount = (a: string, b: string): number => (counts.get(b) ?? 0) - (counts.get(a) ?? 0)
  return spellingsOf(counts.keys()).map((names) => names.sort(byCount))
}

/** @param known Numbers of the examples that can be read. @param features Of all. */
async function checkLabels(
  data: Dataset<unknown, Target>,
  known: readonly number[],
  features: Matrix,
  nearestAmong: (rows: readonly number[]) => Promise<Nearest>,
  groupOf: ReadonlyMap<number, number>,
  add: Add,
  doubts: (number | null)[],
  notes: string[],
  options: RunOptions & { readonly seed?: number | undefined },
): Promise<void> {
  if (data.kind !== 'classification') {
    notes.push(`Whether labels look wrong was not checked: that is for one class each, and these are for ${data.kind}.`)
    return
  }
  // Spelled in one way, and copies in one group; a class of one example can be held out from nothing.
  const counts = new Map(data.classCounts())
  const usual = new Map(
    spellingsByCount(counts).flatMap((names) => names.map((name) => [name, names[0] as string] as const)),
  )
  const labelOf = (row: number): string => usual.get(data.targets[row] as string) ?? (data.targets[row] as string)
  const groups = (row: number): string | number | undefined => data.examples[row]?.group ?? groupOf.get(row)
  const contents = new Map<string, Set<unknown>>()
  for (const row of known)
    contents.set(labelOf(row), (contents.get(labelOf(row)) ?? new Set()).add(groups(row) ?? `row ${row}`))
  const rows = known.filter((row) => (contents.get(labelOf(row))?.size ?? 0) > 1)
  if (new Set(rows.map(labelOf)).size < 2) {
    notes.push('Whether labels look wrong was not checked: that takes two classes of at least two different examples.')
    return
  }
  const examples = rows.map((row) => {
    const group = groups(row)
    return { input: row, label: labelOf(row), ...(group !== undefined && { group }) }
  })
  const plain = new Dataset<number, string>(examples, { name: data.name })
  const { fit, likeliest } = await labelDoubts(plain, takeRows(features, rows), await nearestAmong(rows), options)
  rows.forEach((row, place) => {
    const [value, other] = [fit[place] as number, likeliest[place] as string]
    doubts[row] = 1 - value
    if (value >= doubtful || other === labelOf(row)) return
    const advice = `Labeled "${labelOf(row)}", and by all that the other examples say "${other}": look at it, and correct the label if it is wrong.`
    add([row], { kind: 'wrong-label', labels: [data.targets[row] as string, other], score: 1 - value, advice })
  })
}

/** The columns, and beside them the traits of the inputs that can be read. */
async function withTraits<Input>(
  columns: ReadonlyMap<string, readonly string[]>,
  data: Dataset<Input, Target>,
  { traits }: InputChecks<Input>,
  known: readonly number[],
): Promise<Map<string, readonly string[]>> {
  const all = new Map(columns)
  if (!traits) return all
  const found = new Map<number, Readonly<Record<string, string>>>()
  for (const row of known) found.set(row, await traits(data.inputs[row] as Input))
  for (const name of new Set([...found.values()].flatMap((one) => Object.keys(one))))
    all.set(
      name,
      Array.from({ length: data.size }, (_, row) => found.get(row)?.[name] ?? ''),
    )
  return all
}

/** The nearest others among some rows of the features, looked for once for the same rows one after another. */
function nearestOnce(features: Matrix, signal: AbortSignal | undefined): (rows: readonly number[]) => Promise<Nearest> {
  let last: { readonly rows: readonly number[]; readonly nearest: Promise<Nearest> } | undefined
  return (rows) => {
    const same = last?.rows.length === rows.length && last.rows.every((row, place) => row === rows[place])
    if (!last || !same) last = { rows, nearest: nearestOthers(takeRows(features, rows), neighbors, signal) }
    return last.nearest
  }
}

/** Pairs of neighbors of at least some cosine. */
function closePairs({ count, rows, cosines }: Nearest, least: number): Pair[] {
  const pairs = new Map<string, Pair>()
  rows.forEach((other, at) => {
    const likeness = cosines[at] as number
    if (!(likeness >= least)) return
    const row = Math.floor(at / count)
    const [a, b] = row < other ? [row, other] : [other, row]
    pairs.set(`${a} ${b}`, { a, b, likeness: Math.min(1, likeness) })
  })
  return [...pairs.values()]
}

/** For each input the number of the first with its content; of one that cannot be read its own. */
function firstRows(keys: readonly (ContentKey | InputError)[]): number[] {
  const first = new Map<string, number>()
  return keys.map((key, row) => {
    if (key instanceof InputError) return row
    const content = typeof key === 'string' ? key : Buffer.from(key).toString('base64')
    const known = first.get(content)
    if (known === undefined) first.set(content, row)
    return known ?? row
  })
}

function namesOf(target: Target | undefined): string[] {
  return target === undefined ? [] : [...new Set([target].flat())].map(String)
}

/** The labels of some examples, each set of them once. */
function distinctNames(targets: readonly Target[]): string[] {
  return [...new Set(targets.map((target) => namesOf(target).sort().join(' | ')))]
}
