import { isObject, type Cells } from './value-at.js'

/**
 * Puts names in the place of numbers of classes, as the features of a Hugging Face data set name them (`ClassLabel`, alone or in a list).
 * @param features By the names of their columns.
 */
export function classNames(features: Readonly<Record<string, unknown>>): (cells: Cells) => Cells {
  const columns = Object.entries(features).flatMap(([column, feature]) => {
    const names = namesIn(feature)
    return names ? [[column, names] as const] : []
  })
  if (columns.length === 0) return (cells) => cells
  return (cells) => ({
    ...cells,
    ...Object.fromEntries(columns.map(([column, names]) => [column, named(cells[column], names)])),
  })
}

function namesIn(feature: unknown): readonly unknown[] | undefined {
  if (!isObject(feature)) return undefined
  if (feature['_type'] === 'ClassLabel' && Array.isArray(feature['names'])) return feature['names']
  return namesIn(feature['feature'])
}

function named(value: unknown, names: readonly unknown[]): unknown {
  if (Array.isArray(value)) return value.map((one) => named(one, names))
  return typeof value === 'number' || typeof value === 'bigint' ? (names[Number(value)] ?? value) : value
}
