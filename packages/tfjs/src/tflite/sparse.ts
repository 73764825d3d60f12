import { sizeOf } from '@headstart/onnx/kit'
import type { FlatTable } from './flat-table.js'

/** How the numbers that are not zero lie in a sparse tensor. */
export interface Sparsity {
  /** Which axis is walked first, second, ...; from the rank on they are those of blocks. */
  readonly order: readonly number[]
  /** The axis along which each axis of a block lies. */
  readonly blockMap: readonly number[]
  readonly levels: readonly Level[]
}

/** One axis of the walk: all of its places, or those that are listed for each place of the walk before it. */
type Level = { readonly size: number } | { readonly segments: readonly number[]; readonly places: readonly number[] }

/** Specification: SparsityParameters of schema.fbs, by whose order of fields they are numbered here. */
export function readSparsity(table: FlatTable): Sparsity {
  return {
    order: table.int32s(0),
    blockMap: table.int32s(1),
    levels: table.tables(2).map((axis): Level => {
      if (axis.int8(0) === 0) return { size: axis.int32(1) }
      return { segments: vectorOf(axis, 2), places: vectorOf(axis, 4) }
    }),
  }
}

/** A vector in one of three widths, which the field before says. */
function vectorOf(table: FlatTable, field: number): readonly number[] {
  const values = table.table(field + 1)
  const width = table.int8(field)
  return values === undefined
    ? []
    : width === 1
      ? values.int32s(0)
      : width === 2
        ? values.uint16s(0)
        : [...values.bytes(0)]
}

/**
 * The bytes of a whole tensor, zeros included.
 * @param width Bytes of one number.
 * @returns undefined where the lists lead beyond what is there.
 */
export function dense(
  { order, blockMap, levels }: Sparsity,
  shape: readonly number[],
  width: number,
  stored: Uint8Array,
): Uint8Array | undefined {
  const result = new Uint8Array(sizeOf(shape) * width)
  const blocks = blockMap.map((_, index) => {
    const level = levels[order.indexOf(shape.length + index)]
    return level && 'size' in level ? level.size : 1
  })
  const at = order.map(() => 0)
  let read = 0
  const put = (): boolean => {
    const places = shape.map((_, axis) => at[order.indexOf(axis)] as number)
    blockMap.forEach((axis, index) => {
      places[axis] =
        (places[axis] as number) * (blocks[index] as number) + (at[order.indexOf(shape.length + index)] as number)
    })
    const flat = places.reduce((sum, place, axis) => sum * (shape[axis] as number) + place, 0)
    if (places.some((place, axis) => !(place < (shape[axis] as number))) || (read + 1) * width > stored.length)
      return false
    result.set(stored.subarray(read * width, (read + 1) * width), flat * width)
    read++
    return true
  }
  const walk = (depth: number, before: number): boolean => {
    const level = levels[depth]
    if (level === undefined) return put()
    const isWhole = 'size' in level
    const [first, end] = isWhole ? [0, level.size] : [level.segments[before] ?? 0, level.segments[before + 1] ?? -1]
    if (end < first) return false
    for (let index = first; index < end; index++) {
      at[depth] = isWhole ? index : (level.places[index] ?? -1)
      if ((at[depth] as number) < 0 || !walk(depth + 1, isWhole ? before * level.size + index : index)) return false
    }
    return true
  }
  return levels.length === order.length && walk(0, 0) && read * width === stored.length ? result : undefined
}
