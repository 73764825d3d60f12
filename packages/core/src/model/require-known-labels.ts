import { DataError } from '../contract/errors.js'
import type { Kind, Target } from '../contract/target.js'
import { assertDataset } from '../data/assert-arguments.js'
import type { Dataset } from '../data/dataset.js'

/** @throws DataError for examples of another kind than a model's, or with labels that it does not know */
export function requireKnownLabels<Input, Label extends Target>(
  { kind, labels }: { readonly kind: Kind; readonly labels: readonly string[] },
  test: Dataset<Input, Label>,
): void {
  assertDataset('model', test)
  const who = `data set "${test.name}"`
  if (test.kind !== kind) {
    throw new DataError(who, `examples for ${kind}`, `examples for ${test.kind}`, 'Check the labels.')
  }
  const unknown = test.labels.filter((label) => !labels.includes(label))
  if (unknown.length === 0) return
  const names = (some: readonly string[]): string =>
    some
      .slice(0, 10)
      .map((label) => `"${label}"`)
      .join(', ')
  throw new DataError(
    who,
    `labels that the model knows: ${names(labels)}`,
    names(unknown),
    'Rename them, or train the model with examples of them.',
  )
}
