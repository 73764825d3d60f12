import { clone, fromBinary } from '@bufbuild/protobuf'
import { type Attribute, Graph, type Node } from './graph.js'
import {
  type AttributeProto,
  AttributeProtoSchema,
  type FunctionProto,
  type NodeProto,
  NodeProtoSchema,
} from './proto/onnx_pb.js'
import { mapNames, unusedName, usedNames } from './rename.js'

/** A node of a file, and an attribute. */
interface Decoders {
  node(proto: NodeProto): Node
  attribute(proto: AttributeProto): Attribute
}

/**
 * The same graph with the functions of its model written out where they are called: what is inside has derivatives, weights with
 * roles and stages, of which a call says nothing. A function that cannot be written out stays one, which onnxruntime runs: of another
 * version of the standard operators, or with parts of the format that are newer than this. `requireFewCalls` comes before it.
 * Specification: ONNX IR, "Functions".
 */
export function inlineFunctions(graph: Graph, decoders: Decoders): Graph {
  if (graph.functions.length === 0) return graph
  const keyOf = (of: { readonly domain: string }, name: string): string => JSON.stringify([of.domain, name])
  const isPlain = (one: FunctionProto): boolean => {
    const versions = one.opsetImport.every(({ domain, version }) => {
      return (
        domain === one.domain ||
        (graph.opsets.get(domain === 'ai.onnx' ? '' : domain) ?? Number(version)) === Number(version)
      )
    })
    const passesOn = one.output.some((name) => one.input.includes(name))
    return (
      versions && !passesOn && !unknownFields(one).some(({ no }) => no === overload) && !one.node.some(refersInside)
    )
  }
  const plain = new Map(graph.functions.filter(isPlain).map((one) => [keyOf(one, one.name), one]))
  const bodies = new Map<FunctionProto, Body>()
  const used = usedNames(graph)
  const names = new Set(graph.nodes.map(({ name }) => name))

  const written = (node: Node): Node[] => {
    const called = plain.get(keyOf(node, node.opType))
    if (!called) return [{ ...node, attributes: inside(node) }]
    const body = bodies.get(called) ?? bodyOf(called, decoders)
    bodies.set(called, body)
    const scope = node.name || (node.outputs[0] ?? '')
    const values = new Map<string, string>([
      ...called.output.map(
        (name, index) => [name, node.outputs[index] || unusedName(`${scope}/${name}`, used)] as const,
      ),
      ...called.input.map((name, index) => [name, node.inputs[index] ?? ''] as const),
    ])
    const content = new Graph({ name: scope, inputs: [], outputs: [], nodes: withAttributes(body, node) })
    const renamed = mapNames(content, (name) => {
      if (!values.has(name)) values.set(name, unusedName(`${scope}/${name}`, used))
      return values.get(name) ?? ''
    })
    return renamed.nodes.flatMap((one) => {
      const name = one.name && unusedName(`${scope}/${one.name}`, names)
      return written({ ...one, name })
    })
  }
  const inside = ({ attributes }: Node): Node['attributes'] =>
    Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]): [string, Attribute] => {
        if (attribute.kind !== 'graph') return [name, attribute]
        const { value } = attribute
        return [name, { kind: 'graph', value: value.with({ nodes: value.nodes.flatMap(written) }) }]
      }),
    )
  const nodes = graph.nodes.flatMap(written)
  const kept = graph.functions.filter((one) => !plain.has(keyOf(one, one.name)))
  const needed = new Set([...nodes, ...kept].map(({ domain }) => domain))
  const imported = [...plain.values()].flatMap((one) =>
    one.opsetImport.map(({ domain, version }) => [domain, Number(version)] as const),
  )
  const opsets = [...new Map([...imported, ...graph.opsets])].filter(([domain]) => needed.has(domain) || domain === '')
  return graph.with({ nodes, functions: kept, opsets: new Map(opsets) })
}

/** Numbers of fields that the message has got since: FunctionProto.overload and attribute_proto. */
const overload = 13
const defaults = 11

function unknownFields({ $unknown: fields = [] }: FunctionProto) {
  return fields
}

/** Whether an attribute of a nested graph is one of the function, which only the function's own nodes are looked through for. */
function refersInside({ attribute }: NodeProto): boolean {
  const refers = (node: NodeProto): boolean =>
    node.attribute.some(({ refAttrName, g }) => refAttrName !== '' || (g?.node.some(refers) ?? false))
  return attribute.some(({ g }) => g?.node.some(refers) ?? false)
}

interface Body {
  readonly nodes: readonly Node[]
  /** Of each node, the attributes that are those of the function: own name, and its name there. */
  readonly references: readonly (readonly (readonly [string, string])[])[]
  readonly defaults: Readonly<Record<string, Attribute>>
}

function bodyOf(one: FunctionProto, decoders: Decoders): Body {
  return {
    nodes: one.node.map((node) => {
      const own = clone(NodeProtoSchema, node)
      own.attribute = own.attribute.filter(({ refAttrName }) => refAttrName === '')
      return decoders.node(own)
    }),
    references: one.node.map(({ attribute }) =>
      attribute.flatMap(({ name, refAttrName }) => (refAttrName === '' ? [] : [[name, refAttrName] as const])),
    ),
    defaults: Object.fromEntries(
      unknownFields(one).flatMap(({ no, data }) => {
        if (no !== defaults) return []
        // Its length stands before it: as many bytes as have the highest bit set, and one.
        const attribute = fromBinary(AttributeProtoSchema, data.subarray(data.findIndex((byte) => byte < 128) + 1))
        return [[attribute.name, decoders.attribute(attribute)] as const]
      }),
    ),
  }
}

/** The nodes of a function with the attributes of a call, where it gives them. */
function withAttributes({ nodes, references, defaults: otherwise }: Body, call: Node): Node[] {
  const given = { ...otherwise, ...call.attributes }
  return nodes.map((node, index) => {
    const passed = (references[index] ?? []).flatMap(([name, from]) => {
      return Object.hasOwn(given, from) ? [[name, given[from] as Attribute] as const] : []
    })
    return { ...node, attributes: { ...node.attributes, ...Object.fromEntries(passed) } }
  })
}
