import { clearField, create, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { typeCodes } from './element-type.js'
import type { Attribute, Graph, Node, ValueInfo } from './graph.js'
import {
  type AttributeProto,
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProtoSchema,
  TensorShapeProtoSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './proto/onnx_pb.js'
import { toInt64 } from './tensor.js'
import { encodeTensor } from './tensor-proto.js'

/** IR version 8 belongs to operator set 15 to 18 and is read by every onnxruntime since 1.14 (ONNX, Versioning). */
const irVersion = 8n

/** The bytes of a `.onnx` file. The same graph gives the same bytes. */
export function encodeModel(graph: Graph): Uint8Array {
  return joined([
    toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion, producerName: 'headstart' })),
    ...field(ModelProtoSchema.field.graph, graphInParts(graph)),
    toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        opsetImport: [...graph.opsets].map(([domain, version]) => ({ domain, version: BigInt(version) })),
        metadataProps: [...graph.metadata].map(([key, value]) => ({ key, value })),
        functions: [...graph.functions],
      }),
    ),
  ])
}

/**
 * What `encodeGraph` describes as parts of its bytes, in the order of its fields: the numbers of weights, nearly all of a file, are
 * copied once. (The library's writer grows by doubling, and moves a message when its length is known.)
 */
function graphInParts(graph: Graph): Uint8Array[] {
  const { node, name, initializer, input, output, valueInfo } = encodeGraph(graph)
  const weights = initializer.flatMap((weight) => {
    const { rawData } = weight
    clearField(weight, TensorProtoSchema.field.rawData)
    return field(GraphProtoSchema.field.initializer, [
      toBinary(TensorProtoSchema, weight),
      ...(weight.dataType === typeCodes.string ? [] : field(TensorProtoSchema.field.rawData, [rawData])),
    ])
  })
  return [
    toBinary(GraphProtoSchema, create(GraphProtoSchema, { node, name })),
    ...weights,
    toBinary(GraphProtoSchema, create(GraphProtoSchema, { input, output, valueInfo })),
  ]
}

/** A field of bytes or of a message: its tag and its length (Protocol Buffers, Encoding), then its parts. */
function field({ number }: { readonly number: number }, parts: readonly Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return [new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(length).finish(), ...parts]
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function encodeGraph(graph: Graph): GraphProto {
  return create(GraphProtoSchema, {
    name: graph.name,
    input: graph.inputs.map(encodeValueInfo),
    output: graph.outputs.map(encodeValueInfo),
    node: graph.nodes.map(encodeNode),
    initializer: [...graph.initializers].map(([name, weight]) => encodeTensor(name, weight)),
    valueInfo: [...graph.valueInfo.values()].map(encodeValueInfo),
  })
}

function encodeValueInfo({ name, type, dims, other }: ValueInfo): ValueInfoProto {
  if (other) return create(ValueInfoProtoSchema, { name, type: other })
  if (!type) return create(ValueInfoProtoSchema, { name })
  const dim = dims?.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : size === ''
        ? {}
        : { value: { case: 'dimParam' as const, value: size } },
  )
  const tensorType = {
    elemType: typeCodes[type],
    ...(dim && { shape: create(TensorShapeProtoSchema, { dim }) }),
  }
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } }),
  })
}

function encodeNode(node: Node): NodeProto {
  return create(NodeProtoSchema, {
    name: node.name,
    opType: node.opType,
    domain: node.domain,
    // onnxruntime 1.30 ends the process at a LayerNormalization that ends with an input left out.
    input: node.inputs.slice(0, node.inputs.findLastIndex((name) => name !== '') + 1),
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, attribute]) => encodeAttribute(name, attribute)),
  })
}

function encodeAttribute(name: string, attribute: Attribute): AttributeProto {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  switch (attribute.kind) {
    case 'int':
      return create(AttributeProtoSchema, { name, type: Kind.INT, i: toInt64(attribute.value) })
    case 'float':
      return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: attribute.value })
    case 'string':
      return create(AttributeProtoSchema, { name, type: Kind.STRING, s: bytes(attribute.value) })
    case 'ints':
      return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: attribute.value.map(toInt64) })
    case 'floats':
      return create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: [...attribute.value] })
    case 'strings':
      return create(AttributeProtoSchema, { name, type: Kind.STRINGS, strings: attribute.value.map(bytes) })
    case 'tensor':
      return create(AttributeProtoSchema, { name, type: Kind.TENSOR, t: encodeTensor('', attribute.value) })
    case 'graph':
      return create(AttributeProtoSchema, { name, type: Kind.GRAPH, g: encodeGraph(attribute.value) })
  }
}
