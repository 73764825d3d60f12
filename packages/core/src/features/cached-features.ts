import type { Backbone, EmbedOptions, OnUnreadable } from '../contract/backbone.js'
import { DataError, InputError, OptionError } from '../contract/errors.js'
import { cacheKey } from './cache-key.js'
import { contentKeys } from '../data/if-readable.js'
import { isKnown, type Known } from '../contract/knowledge.js'
import { withColumns } from './known-backbone.js'
import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import type { Store } from '../contract/store.js'

/** Where features are kept between runs: a store, such as a cache that is open, or `false` for nowhere. */
export type CacheOption = Store | false

/** Options of `computeFeatures`. */
export interface ComputeFeaturesOptions extends RunOptions, Pick<EmbedOptions, 'steady'> {
  /** Undefined: every feature is computed, none is kept. */
  readonly cache: Store | undefined
  /** Called for each input that cannot be read; its features are zero. Default: the first one ends the work. */
  readonly onUnreadable?: OnUnreadable | undefined
}

/** Distinct inputs that are embedded and then kept together: what an interruption costs at most. */
const chunkSize = 512

/** The cache that an option stands for: the given one, none for `false`, else the one in the default directory of a disk. */
export async function resolveCache(
  options: Pick<RunOptions, 'onEvent'> & { readonly cache?: CacheOption | undefined },
): Promise<Store | undefined> {
  const { cache, onEvent } = options
  if (cache === false) return undefined
  if (cache) return cache
  // Loaded where it is needed: it asks for Node's files, and a browser has none.
  const { openDiskCache } = await import('./disk-cache.js')
  return openDiskCache({ onNotice: (message) => onEvent?.({ type: 'notice', message }) })
}

/**
 * Features of the inputs, `[inputs.length, featureSize]`: from the cache where it has them, else through the frozen
 * backbone, each distinct input once. When the run is interrupted, the features computed so far are in the cache.
 *
 * @throws DataError when the backbone gives a matrix of another shape or numbers that are not finite
 * @throws InputError where an input cannot be read and `onUnreadable` is not given
 * @throws OptionError, likewise, for what is no input of the backbone's
 */
export async function computeFeatures<Input>(
  backbone: Backbone<Input>,
  inputs: readonly Input[],
  options: ComputeFeaturesOptions,
): Promise<Matrix> {
  if (isKnown(backbone)) return featuresWithParts(backbone, inputs, options)
  const { cache, signal, onEvent, onUnreadable, steady = true } = options
  const features = zeroMatrix(inputs.length, backbone.featureSize)
  // Those of other work.
  backbone.takeNotices?.()
  const namespace = `${backbone.id}/${backbone.fingerprint}`
  const space = await cache?.namespace(namespace)
  const stranger = onUnreadable ? -1 : inputs.findIndex((input) => !isTaken(backbone, input))
  if (stranger >= 0) {
    const [who, ...problem] = problemOf(backbone, inputs[stranger])
    throw new OptionError(`${who} ${stranger + 1} of ${inputs.length}`, ...problem)
  }
  const rowsOfKey = new Map<string, [number, ...number[]]>()
  let done = 0
  const place = (rows: readonly number[], values: Float32Array): void => {
    for (const row of rows) features.data.set(values, row * features.columns)
    done += rows.length
  }
  const leaveOut = (row: number, error: InputError): void => {
    if (!onUnreadable) throw error
    onUnreadable(row, error)
    done++
  }
  const contents = await contentKeys((input: Input) => {
    if (isTaken(backbone, input)) return backbone.contentKey(input)
    throw new InputError(...problemOf(backbone, input))
  }, inputs)
  contents.forEach((content, row) => {
    if (content instanceof InputError) return leaveOut(row, content)
    const key = cacheKey(namespace, content)
    const rows = rowsOfKey.get(key)
    if (rows) rows.push(row)
    else rowsOfKey.set(key, [row])
  })

  const missing: [key: string, rows: [number, ...number[]]][] = []
  for (const chunk of chunks([...rowsOfKey])) {
    signal?.throwIfAborted()
    const found = await space?.getMany(chunk.map(([key]) => key))
    chunk.forEach((item, i) => {
      const values = found?.[i]
      if (values?.length !== features.columns) return missing.push(item)
      place(item[1], values)
      backbone.review?.(inputs[item[1][0]] as Input)
    })
  }
  const cached = done
  const report = (count: number): void => onEvent?.({ type: 'features', done: count, total: inputs.length, cached })
  report(done)

  const errorsOf = async (copies: readonly Input[]): Promise<Map<number, InputError>> => {
    const errors = new Map<number, InputError>()
    if (copies.length > 0)
      await backbone.embed(copies, { signal, onUnreadable: (i, error) => void errors.set(i, error) })
    return errors
  }
  try {
    for (const chunk of chunks(missing)) {
      signal?.throwIfAborted()
      const before = done
      const firstRows = chunk.map(([, [row]]) => row)
      const batch = firstRows.map((row) => inputs[row] as Input)
      const onProgress = ({ done: embedded }: { done: number }): void => {
        if (embedded < chunk.length) report(before + embedded)
      }
      const unreadable = new Map<number, InputError>()
      const computed = await backbone.embed(batch, {
        signal,
        steady,
        onProgress,
        onUnreadable: onUnreadable && ((i, error) => void unreadable.set(i, error)),
      })
      checkFeatures(backbone, computed, firstRows)
      for (const [i, [key, rows]] of chunk.entries()) {
        const error = unreadable.get(i)
        if (error) {
          const [first, ...copies] = rows
          leaveOut(first, error)
          // Each under its own name, which the error of the first does not have.
          const errors = await errorsOf(copies.map((row) => inputs[row] as Input))
          copies.forEach((row, copy) => leaveOut(row, errors.get(copy) ?? error))
          continue
        }
        const values = rowOf(computed, i)
        place(rows, values)
        await space?.set(key, values)
      }
      report(done)
    }
  } finally {
    await space?.flush()
  }
  for (const notice of backbone.takeNotices?.() ?? [])
    onEvent?.({ type: 'notice', message: `${backbone.id}: ${notice}` })
  return features
}

/** Those of the network are kept; what stands beside them takes no time, and is of one model alone. */
async function featuresWithParts<Input>(
  { base, parts }: Known<Input>,
  inputs: readonly Input[],
  options: ComputeFeaturesOptions,
): Promise<Matrix> {
  const { onUnreadable } = options
  const unreadable = new Set<number>()
  const leaveOut: OnUnreadable = (index, error) => {
    unreadable.add(index)
    onUnreadable?.(index, error)
  }
  const features = await computeFeatures(base, inputs, { ...options, onUnreadable: onUnreadable && leaveOut })
  return withColumns(features, parts, inputs, unreadable)
}

function isTaken<Input>({ takes }: Backbone<Input>, input: unknown): boolean {
  return input !== undefined && input !== null && (takes?.is(input) ?? true)
}

/** Who, expected, got, remedy. */
function problemOf<Input>({ takes, modality }: Backbone<Input>, input: unknown): [string, string, string, string] {
  const got =
    typeof input === 'number' || input === undefined || input === null
      ? String(input)
      : `a value of type ${typeof input}`
  return ['input', takes?.what ?? `an input of the kind ${modality}`, got, 'Give one, or leave it out.']
}

/** @param rows Number of the input behind each row of the matrix. */
function checkFeatures(backbone: Backbone<never>, { rows, columns, data }: Matrix, inputRows: readonly number[]): void {
  const who = `backbone "${backbone.id}"`
  if (rows !== inputRows.length || columns !== backbone.featureSize || data.length !== rows * columns) {
    throw new DataError(
      who,
      `features of shape [${inputRows.length}, ${backbone.featureSize}]`,
      `[${rows}, ${columns}] with ${data.length} numbers`,
      'Correct its embed function or its featureSize.',
    )
  }
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return
  const row = inputRows[Math.floor(bad / columns)]
  throw new DataError(who, 'finite features', `${data[bad]} for inputs[${row}]`, 'Check this input, or leave it out.')
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let first = 0; first < items.length; first += chunkSize) yield items.slice(first, first + chunkSize)
}
