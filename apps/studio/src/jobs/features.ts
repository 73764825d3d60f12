import { type BenchExample, type LabelKind, type Matrix, type Run, startRun } from '@headstart/core'
import { classesOf, OptionError } from '@headstart/core/kit'
import type { FeatureMap } from '../api/look.js'
import type { Explained } from '../api/try.js'
import type { AnyBench } from '../project/project.js'
import type { Loaded } from './folder-model.js'
import { principalComponents } from './principal-components.js'

/** Points of a map, and components that a page gets for a map of its own. */
const most = { points: 10_000, components: 32 }

interface Mapped {
  readonly map: FeatureMap
  /** `[points, components]` */
  readonly components: Float32Array
}

/** What the network of a model sees in the examples: computed once for the same model and examples. */
export class ExampleFeatures {
  readonly #bench: AnyBench
  #features: { readonly key: readonly unknown[]; readonly made: Promise<Matrix> } | undefined
  #mapped: { readonly key: readonly unknown[]; readonly made: Promise<Mapped> } | undefined

  constructor(bench: AnyBench) {
    this.#bench = bench
  }

  /** The map of all examples, or of the first ten thousand. @param revision Of the examples. */
  async map(loaded: Loaded, all: readonly BenchExample[], revision: number, signal?: AbortSignal): Promise<Mapped> {
    const key = [loaded.hash, all]
    if (!isSame(this.#mapped?.key, key)) {
      const made = this.#map(loaded, all.slice(0, most.points), revision, signal)
      this.#mapped = { key, made }
      made.catch(() => (this.#mapped = undefined))
    }
    return (this.#mapped as { readonly made: Promise<Mapped> }).made
  }

  /** The labeled examples that a query is nearest to, by the cosine of their features as seen from their mean. */
  async nearest(
    loaded: Loaded,
    all: readonly BenchExample[],
    query: unknown,
    count: number,
  ): Promise<Explained['nearest']> {
    if (!this.#bench.features) return []
    const examples = all.filter(({ label }) => label !== null).slice(0, most.points)
    if (examples.length === 0) return []
    const features = await this.#of(loaded, examples)
    const own = (await this.#bench.features(loaded.trained, [query], startRun({ cache: false }))).data
    const { columns, data, rows } = features
    const mean = new Float64Array(columns)
    let read = 0
    for (let row = 0; row < rows; row++) {
      if (Number.isNaN(data[row * columns])) continue
      read++
      for (let column = 0; column < columns; column++)
        mean[column] = (mean[column] as number) + (data[row * columns + column] as number)
    }
    for (let column = 0; column < columns; column++) mean[column] = (mean[column] as number) / Math.max(read, 1)
    const cosines = Array.from({ length: rows }, (_, row) =>
      cosine(own, data.subarray(row * columns, (row + 1) * columns), mean),
    )
    return [...cosines.keys()]
      .filter((row) => !Number.isNaN(cosines[row]))
      .sort((a, b) => (cosines[b] as number) - (cosines[a] as number))
      .slice(0, count)
      .map((row) => ({
        id: examples[row]?.id as string,
        label: examples[row]?.label as string,
        likeness: cosines[row] as number,
      }))
  }

  async #map(
    loaded: Loaded,
    examples: readonly BenchExample[],
    revision: number,
    signal?: AbortSignal,
  ): Promise<Mapped> {
    const features = await this.#of(loaded, examples)
    const { columns, data } = await principalComponents(features, most.components, signal)
    const rows = [...examples.keys()].filter((row) => !Number.isNaN(data[row * columns]))
    const groups = groupsOf(examples, this.#bench.kind ?? 'classification')
    const labels = [...new Set(groups.flatMap((group) => group ?? []))]
    if (this.#bench.kind !== 'regression') labels.sort()
    const axis = (column: number): number[] => {
      if (column >= columns) return rows.map(() => 0)
      const values = rows.map((row) => data[row * columns + column] as number)
      const largest = values.reduce((top, value) => Math.max(top, Math.abs(value)), 0) || 1
      return values.map((value) => value / largest)
    }
    return {
      map: {
        revision,
        ids: rows.map((row) => examples[row]?.id as string),
        label: rows.map((row) => labels.indexOf(groups[row] ?? '')),
        labels,
        x: axis(0),
        y: axis(1),
        components: columns,
      },
      components: Float32Array.from({ length: rows.length * columns }, (_, at) => {
        return data[(rows[Math.floor(at / columns)] as number) * columns + (at % columns)] as number
      }),
    }
  }

  async #of(loaded: Loaded, examples: readonly BenchExample[]): Promise<Matrix> {
    const bench = this.#bench
    if (!bench.features) {
      throw new OptionError('map', 'examples that a network sees something in', 'items of a shop', 'Look at the lists.')
    }
    const key = [loaded.hash, examples.map(({ id }) => id).join(' ')]
    if (!isSame(this.#features?.key, key)) {
      const run: Run = startRun()
      const made = Promise.all(examples.map(({ id }) => bench.query(id))).then(
        (queries) => bench.features?.(loaded.trained, queries, run) as Promise<Matrix>,
      )
      this.#features = { key, made }
      made.catch(() => (this.#features = undefined))
    }
    return (this.#features as { readonly made: Promise<Matrix> }).made
  }
}

function isSame(a: readonly unknown[] | undefined, b: readonly unknown[]): boolean {
  return a !== undefined && a.every((part, place) => part === b[place])
}

function cosine(a: Float32Array, b: Float32Array, mean: Float64Array): number {
  let [product, ofA, ofB] = [0, 0, 0]
  for (let column = 0; column < mean.length; column++) {
    const [x, y] = [(a[column] as number) - (mean[column] as number), (b[column] as number) - (mean[column] as number)]
    product += x * y
    ofA += x * x
    ofB += y * y
  }
  return product / (Math.sqrt(ofA * ofB) || 1)
}

/** What the color of an example stands for: its class, of several the first one, of numbers the third in which it lies. */
function groupsOf(examples: readonly BenchExample[], kind: LabelKind): (string | null)[] {
  if (kind !== 'regression')
    return examples.map(({ label }) => (label === null ? null : (classesOf(label, kind)[0] ?? 'none of them')))
  const numbers = examples.flatMap(({ label }) => (label === null ? [] : Number(label))).sort((a, b) => a - b)
  const third = (part: number): number => numbers[Math.floor((part * (numbers.length - 1)) / 3)] as number
  const [low, high] = [third(1), third(2)]
  return examples.map(({ label }) => {
    if (label === null) return null
    return Number(label) <= low ? `up to ${low}` : Number(label) <= high ? `up to ${high}` : `above ${high}`
  })
}
