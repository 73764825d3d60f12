import { counted } from '../kit/counted.js'
import { DataError, OptionError } from '../contract/errors.js'
import { inLabelOrder } from '../kit/label-order.js'
import { random } from '../kit/random.js'
import type { Columns } from './table/columns.js'
import { iterativeStratification, stratifiedFolds, stratifiedSplit } from './split.js'
import type { Example, Target, Kind, KindOf } from '../contract/target.js'

/** The class names in a label type: `'cat' | 'dog'` of both `'cat' | 'dog'` and `('cat' | 'dog')[]`. */
export type ClassOf<Label extends Target> = Label extends string
  ? Label
  : Label extends readonly (infer Class extends string)[]
    ? Class
    : never

/** Options of `dataset`. */
export interface DatasetOptions<Input = never, Label extends Target = never> {
  /** What messages call it, such as a file name. Default: 'examples'. */
  readonly name?: string | undefined
  /** Examples that their source sets aside to measure on, such as its folder `test`. Default: none. */
  readonly test?: Dataset<Input, Label> | undefined
  /** Where its examples stand in the table they were read from. Default: they come from none. */
  readonly columns?: Columns | undefined
  /**
   * Whether class names that differ by white space alone are refused. Default true; false, as for `checkData`, which says so: they are
   * classes of their own.
   */
  readonly distinctNames?: boolean | undefined
}

/** Options of `Dataset.split`. */
export interface SplitOptions {
  /** Share of the examples in `test`, above 0 and below 1. */
  readonly test: number
  /** Same seed, same split. Default: 0. */
  readonly seed?: number | undefined
}

/** Options of `Dataset.sample`. */
export interface SampleOptions {
  /** Examples of each class, at least 1. */
  readonly perClass: number
  /** Same seed, same sample. Default: 0. */
  readonly seed?: number | undefined
}

/**
 * Labeled examples as a data set. Where the labels are literals in the program, the label type is their union.
 *
 * @throws DataError where there are no examples, or labels of several kinds, empty labels, class names that differ
 * only by white space, or numbers that are not finite
 */
export function dataset<Input, const Label extends Target>(
  examples: readonly Example<Input, Label>[],
  options?: DatasetOptions<Input, Label>,
): Dataset<Input, Label> {
  return new Dataset(examples, options)
}

/** Labeled examples of one task; immutable. */
export class Dataset<Input, Label extends Target = string> {
  /** What messages call it. */
  readonly name: string
  readonly kind: KindOf<Label>
  readonly examples: readonly Example<Input, Label>[]
  readonly inputs: readonly Input[]
  readonly targets: readonly Label[]
  /** The distinct class names, sorted: whole numbers first, ascending, then by code unit; none for regression. */
  readonly labels: readonly ClassOf<Label>[]
  /**
   * Examples that their source sets aside to measure on; they are none of `examples`. `Model.evaluate` and `drawsPerClass` measure
   * on them where they are not told otherwise. Parts of a data set have none.
   */
  readonly test: Dataset<Input, Label> | undefined
  /** Where the examples stand in the table they were read from, so that what belongs to them is read alike. */
  readonly columns: Columns | undefined

  /** See `dataset`. */
  constructor(
    examples: readonly Example<Input, Label>[],
    {
      name = 'examples',
      test,
      columns,
      labels = [],
      distinctNames = true,
    }: DatasetOptions<Input, Label> & { readonly labels?: readonly string[] } = {},
  ) {
    this.name = name
    this.test = test
    this.columns = columns
    this.examples = [...examples]
    requireInputs(this.#who, this.examples)
    this.inputs = examples.map((example) => example.input)
    this.targets = examples.map((example) => example.label)
    const isNamesAlone = examples.length === 0 && labels.length > 0
    this.kind = (isNamesAlone ? 'classification' : commonKind(this.#who, this.targets)) as KindOf<Label>
    this.labels = inLabelOrder([...labels, ...this.targets.flatMap(classesOf)]) as ClassOf<Label>[]
    if (this.kind === 'regression') requireFinite(this.#who, this.targets)
    else if (distinctNames) requireDistinctNames(this.#who, this.targets)
  }

  /**
   * Names of classes without examples: what `zeroShotModel` begins from.
   * @throws DataError where a name is given twice, or none is.
   */
  static ofLabels<Input, Label extends Target = string>(
    labels: readonly ClassOf<Label>[],
    options?: DatasetOptions,
  ): Dataset<Input, Label> {
    const twice = labels.find((label, place) => labels.indexOf(label) < place)
    if (twice !== undefined)
      throw new DataError('labels', 'different names', `"${twice}" twice`, 'Name each class once.')
    return new Dataset<Input, Label>([], { ...options, labels })
  }

  /** Number of examples. */
  get size(): number {
    return this.examples.length
  }

  /** The examples of the given numbers, in that order. */
  subset(indices: readonly number[]): Dataset<Input, Label> {
    const examples = indices.map((index) => {
      const example = this.examples[index]
      if (example) return example
      const remedy = 'Take the numbers from split, folds or a loop over the examples.'
      throw new OptionError('subset', `numbers of examples from 0 to ${this.size - 1}`, String(index), remedy)
    })
    return new Dataset(examples, { name: this.name, columns: this.columns })
  }

  /**
   * Splits at random into two: by class, so that both sides have the classes in the same proportions (largest
   * remainder), with at least one example on each side of every class that has two or more; multi-label by iterative
   * stratification (Sechidis et al. 2011); regression without strata.
   *
   * @throws OptionError where the fraction is not above 0 and below 1
   * @throws DataError where there are too few examples for two sides
   */
  split({ test, seed = 0 }: SplitOptions): { train: Dataset<Input, Label>; test: Dataset<Input, Label> } {
    if (!(test > 0 && test < 1)) {
      throw new OptionError('split', 'a test fraction above 0 and below 1', String(test), 'Try test: 0.2.')
    }
    if (
      this.representatives()
        .#strata()
        .every((stratum) => stratum.length < 2)
    ) {
      const expected = `at least two examples${this.kind === 'classification' ? ' of a class' : ''} to split`
      throw new DataError(this.#who, expected, counted(this.size, 'example'), 'Add examples.')
    }
    const groups = this.#groups()
    const { train, test: held } = this.representatives().#splitRows(test, seed)
    return { train: this.subset(rowsOf(groups, train)), test: this.subset(rowsOf(groups, held)) }
  }

  /** One example of each group, the first, and all that are in none. */
  representatives(): Dataset<Input, Label> {
    const groups = this.#groups()
    return groups.length === this.size ? this : this.subset(groups.map(([row]) => row as number))
  }

  /**
   * Numbers of the examples held out in each of k folds. Every example is in one fold; the folds are stratified as in
   * `split`, and their sizes differ by one at most, each group counted as one. A class with fewer than k examples is
   * missing from some folds.
   *
   * @throws OptionError where k is not a whole number from 2 to the number of examples
   */
  folds(k: number, seed = 0): number[][] {
    const groups = this.#groups()
    if (groups.length < this.size)
      return this.representatives()
        .folds(k, seed)
        .map((fold) => rowsOf(groups, fold))
    if (!Number.isInteger(k) || k < 2 || k > this.size) {
      const expected = `a whole number of folds from 2 to ${this.size}, the number of examples in "${this.name}"`
      throw new OptionError('folds', expected, String(k), 'Use fewer folds or add examples.')
    }
    if (this.kind !== 'multi-label') return stratifiedFolds(this.#strata(), k, random(seed))
    const sizes = Array.from({ length: k }, (_, fold) => Math.ceil((this.size - fold) / k))
    return iterativeStratification(this.targets.map(classesOf), sizes, random(seed))
  }

  /**
   * k-shot sample: `perClass` examples of each class, at random. With the same seed a larger sample contains the
   * smaller one, so that a learning curve grows by adding examples.
   *
   * @throws OptionError where perClass is not a whole number from 1
   * @throws DataError where a class has fewer examples, or the task is not classification
   */
  sample({ perClass, seed = 0 }: SampleOptions): Dataset<Input, Label> {
    if (!Number.isInteger(perClass) || perClass < 1) {
      const expected = 'a whole number of examples per class from 1'
      throw new OptionError('sample', expected, String(perClass), 'Try perClass: 16.')
    }
    if (this.kind !== 'classification') {
      const remedy = 'Use split to take a part of it.'
      throw new DataError(this.#who, 'one class per example to sample by class', `${this.kind} labels`, remedy)
    }
    const short = [...this.classCounts()].filter(([, count]) => count < perClass)
    if (short.length > 0) {
      const got = short.map(([label, count]) => `${count} of ${JSON.stringify(label)}`).join(', ')
      const remedy = `Add examples of ${short.length > 1 ? 'these classes' : 'this class'} or lower perClass.`
      throw new DataError(this.#who, `at least ${counted(perClass, 'example')} of each class`, got, remedy)
    }
    const { shuffle } = random(seed)
    const chosen = this.#strata().flatMap((stratum) => shuffle(stratum).slice(0, perClass))
    return this.subset(chosen.sort((a, b) => a - b))
  }

  /** Number of examples with each class name, in the order of `labels`; empty for regression. */
  classCounts(): Map<string, number> {
    const counts = new Map<string, number>(this.labels.map((label) => [label, 0]))
    for (const target of this.targets) {
      for (const label of classesOf(target)) counts.set(label, (counts.get(label) ?? 0) + 1)
    }
    return counts
  }

  /** Begins each message. */
  get #who(): string {
    return `data set "${this.name}"`
  }

  /** Numbers of the examples of each class; all in one where an example does not have exactly one class. */
  #strata(): number[][] {
    if (this.kind !== 'classification') return [[...this.examples.keys()]]
    const strata = new Map<Target, number[]>(this.labels.map((label) => [label, []]))
    this.targets.forEach((label, index) => strata.get(label)?.push(index))
    return [...strata.values()]
  }

  /** Numbers of the examples of each group, in the order of its first; an example in none is a group by itself. */
  #groups(): number[][] {
    const groups = new Map<string | number | symbol, number[]>()
    this.examples.forEach(({ group = Symbol('none') }, row) => {
      const rows = groups.get(group)
      if (rows) rows.push(row)
      else groups.set(group, [row])
    })
    return [...groups.values()]
  }

  #splitRows(fraction: number, seed: number): { train: number[]; test: number[] } {
    if (this.kind !== 'multi-label') return stratifiedSplit(this.#strata(), fraction, random(seed))
    const testSize = Math.min(Math.max(Math.round(this.size * fraction), 1), this.size - 1)
    const sizes = [this.size - testSize, testSize]
    const [train = [], test = []] = iterativeStratification(this.targets.map(classesOf), sizes, random(seed))
    return { train, test }
  }
}

/** The rows of some groups, ascending. */
function rowsOf(groups: readonly (readonly number[])[], chosen: readonly number[]): number[] {
  return chosen.flatMap((group) => groups[group] ?? []).sort((a, b) => a - b)
}

/** The distinct class names of one target; none of a number. */
function classesOf(target: Target): string[] {
  if (typeof target === 'string') return [target]
  return typeof target === 'number' ? [] : [...new Set(target)]
}

const kinds = { classification: 'a class name', 'multi-label': 'a list of class names', regression: 'a number' }

/** The task of all targets. Checked here because examples come from files, too, where no type has been checked. */
function commonKind(who: string, targets: readonly unknown[]): Kind {
  if (targets.length === 0) {
    throw new DataError(who, 'at least one example', 'none', 'Add labeled examples.')
  }
  const tasks = targets.map((target, index) => {
    const kind = kindOf(target)
    if (kind) return kind
    const expected = 'a class name, a list of class names or a number as label'
    throw new DataError(who, expected, `${JSON.stringify(target)} at example ${index + 1}`, 'Correct the label.')
  })
  const [first = 'classification'] = tasks
  const other = tasks.findIndex((kind) => kind !== first)
  if (other < 0) return first
  const got = `${kinds[first]} at example 1 and ${kinds[tasks[other] ?? first]} at example ${other + 1}`
  throw new DataError(who, 'labels of one kind', got, 'Make all labels class names, all lists, or all numbers.')
}

function kindOf(target: unknown): Kind | undefined {
  if (typeof target === 'string') return 'classification'
  if (typeof target === 'number') return 'regression'
  const isList = Array.isArray(target) && target.every((label) => typeof label === 'string')
  return isList ? 'multi-label' : undefined
}

function requireFinite(who: string, targets: readonly Target[]): void {
  const index = targets.findIndex((target) => !Number.isFinite(target))
  if (index < 0) return
  const remedy = 'Correct or remove the example.'
  throw new DataError(who, 'finite numbers as labels', `${targets[index]} at example ${index + 1}`, remedy)
}

/** Class names must not be empty, and no two may differ only by white space: that is one class, spelled twice. */
function requireDistinctNames(who: string, targets: readonly Target[]): void {
  const spellings = new Map<string, { label: string; index: number }>()
  targets.forEach((target, index) => {
    for (const label of classesOf(target)) {
      const normal = label.trim().replace(/\s+/g, ' ')
      const known = spellings.get(normal)
      if (normal === '') {
        const got = `${JSON.stringify(label)} at example ${index + 1}`
        throw new DataError(who, 'a label at every example', got, 'Label the example or remove it.')
      }
      if (known && known.label !== label) {
        const both = [known, { label, index }]
        const got = both.map((one) => `${JSON.stringify(one.label)} at example ${one.index + 1}`).join(' and ')
        const remedy = 'They differ only by white space: spell the class in one way.'
        throw new DataError(who, 'one spelling of each class', got, remedy)
      }
      if (!known) spellings.set(normal, { label, index })
    }
  })
}

/** Examples are objects with an input, whatever it is: without types they are easily given as `{ text, label }`. */
function requireInputs(who: string, examples: readonly object[]): void {
  const place = examples.findIndex(
    (example) => typeof example !== 'object' || example === null || !('input' in example),
  )
  if (place < 0) return
  const one: unknown = examples[place]
  const got = typeof one === 'object' && one !== null ? `the fields ${Object.keys(one).join(', ')}` : String(one)
  throw new DataError(who, 'examples with the fields input and label', `${got} at example ${place + 1}`, 'Rename them.')
}
