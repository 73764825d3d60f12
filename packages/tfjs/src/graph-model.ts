import type { ElementType } from '@headstart/onnx'
import { z } from 'zod'
import { TfjsFormatError } from './errors.js'
import type { TfjsModel } from './read-tfjs-model.js'
import {
  namesInTopology,
  producerOf,
  type TfAttribute,
  type TfGraph,
  type TfNode,
  type TfShape,
  valueName,
} from './tf-graph.js'

const whole = z.union([z.string(), z.number()])
const text = z.union([z.string(), z.array(z.number())])
const shape = z.object({
  dim: z.array(z.object({ size: whole.optional() })).optional(),
  unknownRank: z.boolean().optional(),
})
const single = z.object({
  i: whole.optional(),
  f: z.union([z.number(), z.string()]).optional(),
  b: z.boolean().optional(),
  s: text.optional(),
  type: z.union([z.string(), z.number()]).optional(),
  shape: shape.optional(),
})
const list = z.object({
  i: z.array(whole).optional(),
  f: z.array(z.union([z.number(), z.string()])).optional(),
  b: z.array(z.boolean()).optional(),
  s: z.array(text).optional(),
})
const attribute = single.extend({ list: list.optional() })
const graphDef = z.object({
  node: z.array(
    z.object({
      name: z.string(),
      op: z.string(),
      input: z.array(z.string()).optional(),
      attr: z.record(z.string(), attribute).optional(),
    }),
  ),
})
const signature = z.object({ outputs: z.record(z.string(), z.object({ name: z.string() })).optional() })

/**
 * The graph of a graph model: a GraphDef of TensorFlow as JSON.
 * @throws TfjsFormatError when it is none.
 */
export function graphOfGraphModel({ source, json, weights }: TfjsModel): TfGraph {
  const { data, error } = graphDef.safeParse(json.modelTopology)
  if (!data) {
    const [issue] = error.issues
    throw new TfjsFormatError(
      source,
      'a TensorFlow graph in modelTopology',
      `${issue?.path.join('.')}: ${issue?.message}`,
      'Convert the model with tensorflowjs_converter.',
    )
  }
  const nodes = new Map<string, TfNode>()
  for (const { name, op, input = [], attr = {} } of data.node) {
    // "^name" only asks that another node runs before, which matters to variables and there are none.
    const inputs = input.filter((value) => !value.startsWith('^')).map(valueName)
    const attributes = Object.fromEntries(Object.entries(attr).map(([key, value]) => [key, decodeAttribute(value)]))
    nodes.set(name, { name, op, inputs, attributes })
  }
  const signed = Object.values(signature.safeParse(json.signature).data?.outputs ?? {})
  const outputs = signed.length > 0 ? signed.map(({ name }) => valueName(name)) : unread(nodes)
  return { source, names: namesInTopology, nodes, weights, outputs, hasBatch: false }
}

/** Nodes that nothing reads. */
function unread(nodes: ReadonlyMap<string, TfNode>): string[] {
  const read = new Set([...nodes.values()].flatMap(({ inputs }) => inputs.map((value) => producerOf(value)[0])))
  return [...nodes.values()]
    .filter(({ name, op }) => !read.has(name) && !['Const', 'Placeholder', 'NoOp', 'Assert'].includes(op))
    .map(({ name }) => name)
}

function decodeAttribute(value: z.infer<typeof attribute>): TfAttribute {
  if (value.list) {
    const { i = [], f = [], b = [], s = [] } = value.list
    if (s.length > 0) return s.map(decodeText)
    return b.length > 0 ? b : [...i, ...f].map(Number)
  }
  if (value.s !== undefined) return decodeText(value.s)
  if (value.i !== undefined) return Number(value.i)
  if (value.f !== undefined) return Number(value.f)
  if (value.b !== undefined) return value.b
  if (value.type !== undefined) return decodeType(value.type)
  return value.shape ? decodeShape(value.shape) : undefined
}

/** Bytes are written in base64, or one by one. */
function decodeText(value: string | readonly number[]): string {
  return (typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.from(value)).toString()
}

/** Types of tensorflow/core/framework/types.proto. TensorFlow.js computes with whole numbers of 32 bits only. */
const types: Readonly<Record<string, ElementType>> = {
  DT_FLOAT: 'float32',
  1: 'float32',
  DT_DOUBLE: 'float32',
  2: 'float32',
  DT_INT32: 'int32',
  3: 'int32',
  DT_UINT8: 'int32',
  4: 'int32',
  DT_INT8: 'int32',
  6: 'int32',
  DT_STRING: 'string',
  7: 'string',
  DT_INT64: 'int32',
  9: 'int32',
  DT_BOOL: 'bool',
  10: 'bool',
  DT_HALF: 'float32',
  19: 'float32',
}

/** A type that no tensor has here (a resource, say) keeps its TensorFlow name. */
function decodeType(type: string | number): string {
  return types[type] ?? String(type)
}

function decodeShape({ dim = [], unknownRank }: z.infer<typeof shape>): TfShape {
  return unknownRank ? undefined : dim.map(({ size }) => Number(size ?? 0))
}
