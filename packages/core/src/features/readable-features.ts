import type { Backbone } from '../contract/backbone.js'
import { computeFeatures, type ComputeFeaturesOptions } from './cached-features.js'
import type { Dataset } from '../data/dataset.js'
import { DataError, type InputError } from '../contract/errors.js'
import { describeUnreadable } from '../data/if-readable.js'
import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'
import type { Target } from '../contract/target.js'

/**
 * The examples whose inputs can be read, and their features, `[data.size, featureSize]`. Those that cannot are counted,
 * and the first of them named, in a notice.
 *
 * @throws DataError where none can be read, and as `computeFeatures`
 */
export async function readableFeatures<Input, Label extends Target>(
  backbone: Backbone<Input>,
  data: Dataset<Input, Label>,
  options: ComputeFeaturesOptions,
): Promise<{ readonly data: Dataset<Input, Label>; readonly features: Matrix }> {
  const unreadable = new Map<number, InputError>()
  const onUnreadable = (index: number, error: InputError): void => void unreadable.set(index, error)
  const features = await computeFeatures(backbone, data.inputs, { ...options, onUnreadable })
  const [first] = unreadable.values()
  if (!first) return { data, features }

  const rows = [...data.inputs.keys()].filter((row) => !unreadable.has(row))
  const who = `data set "${data.name}"`
  if (rows.length === 0) {
    const got = `none of ${data.size}; the first: ${first.message.replace(/\.$/, '')}`
    throw new DataError(who, 'inputs that can be read', got, 'Check the files.', { cause: first })
  }
  const message = `${who}: ${describeUnreadable([...unreadable.values()], data.size)}`
  options.onEvent?.({ type: 'notice', message })
  const kept = zeroMatrix(rows.length, features.columns)
  rows.forEach((row, index) => rowOf(kept, index).set(rowOf(features, row)))
  return { data: data.subset(rows), features: kept }
}
