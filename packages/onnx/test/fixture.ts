import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decodeModel } from '../src/graph/decode.js'
import { arrayConstructors, type ElementArray, type ElementType } from '../src/graph/element-type.js'
import type { Graph } from '../src/graph/graph.js'
import type { Tensor, Tensors } from '../src/graph/tensor.js'

interface JsonTensor {
  readonly type: ElementType
  readonly dims: number[]
  readonly data: (number | string)[]
}

type Part = 'feeds' | 'outputs' | 'weights'
type Json = Record<string, Record<Part, Record<string, JsonTensor>>>

/** A model that the reference implementation wrote, and what numpy computes (see make-onnx-fixtures.py). */
export interface Fixture {
  readonly path: string
  readonly bytes: Uint8Array
  /** Decodes when asked, since some fixtures are refused. */
  readonly graph: () => Graph
  readonly feeds: Tensors
  readonly outputs: Tensors
  readonly weights: Tensors
}

/** A file in `test/fixtures`. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
}

const models = JSON.parse(readFileSync(fixturePath('models.json'), 'utf8')) as Json

/** The fixture of a name. */
export function fixture(name: string): Fixture {
  const path = fixturePath(`${name}.onnx`)
  const bytes = readFileSync(path)
  const part = (key: Part): Tensors =>
    Object.fromEntries(Object.entries(models[name]?.[key] ?? {}).map(([value, json]) => [value, toTensor(json)]))
  return {
    path,
    bytes,
    graph: () => decodeModel(bytes, path),
    feeds: part('feeds'),
    outputs: part('outputs'),
    weights: part('weights'),
  }
}

function toTensor({ type, dims, data }: JsonTensor): Tensor {
  if (type === 'string') return { type, dims, data: data.map(String) }
  const values = new arrayConstructors[type](data.length) as Exclude<ElementArray, string[]>
  data.forEach((value, index) => {
    values[index] = values instanceof BigInt64Array || values instanceof BigUint64Array ? BigInt(value) : Number(value)
  })
  return { type, dims, data: values }
}
