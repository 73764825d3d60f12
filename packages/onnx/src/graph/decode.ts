import { fromBinary } from '@bufbuild/protobuf'
import { messageOf } from '@headstart/runtime/errors'
import { elementTypeOf } from './element-type.js'
import { InvalidGraphError, OnnxFormatError } from '../errors.js'
import { type Attribute, Graph, type Node, type ValueInfo } from './graph.js'
import {
  type AttributeProto,
  AttributeProto_AttributeType as Kind,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
} from './proto/onnx_pb.js'
import { inlineFunctions } from './inline-functions.js'
import { requireFewCalls } from './require-few-calls.js'
import { sortNodes } from './sort-nodes.js'
import { decodeTensor } from './tensor-proto.js'

/**
 * An ONNX model's graph from the bytes of a `.onnx` file. Weights share the memory of `bytes` where alignment allows.
 * @param source Named in errors, such as a path.
 * @throws OnnxFormatError for bytes that are no ONNX model and for parts of the format that are not supported.
 */
export function decodeModel(bytes: Uint8Array, source = 'ONNX model'): Graph {
  return decodeParsed(parseModel(bytes, source), source)
}

/** The graph of a model whose weights are all in it. */
export function decodeParsed(model: ParsedModel, source: string): Graph {
  if (model.trainingInfo.length > 0) {
    throw new OnnxFormatError(source, 'the model holds training information', 'Export it for inference.')
  }
  requireFewCalls(model, source)
  const graph = decodeGraph(model.graph, source).with({
    opsets: new Map(model.opsetImport.map(({ domain, version }) => [standardDomain(domain), Number(version)])),
    metadata: new Map(model.metadataProps.map(({ key, value }) => [key, value])),
    functions: model.functions,
  })
  const decoders = {
    node: (proto: NodeProto) => decodeNode(proto, source),
    attribute: (proto: AttributeProto) => decodeAttribute(proto, source),
  }
  try {
    return sortNodes(inlineFunctions(graph, decoders))
  } catch (cause) {
    if (!(cause instanceof InvalidGraphError)) throw cause
    throw new OnnxFormatError(source, cause.problems.join('; '), 'Export it again.', { cause })
  }
}

/** Both spellings of the standard operators' domain as ''. */
function standardDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain
}

/** A message of ONNX that has a graph. */
export type ParsedModel = ModelProto & { readonly graph: GraphProto }

/**
 * The message of ONNX that bytes hold.
 * @throws OnnxFormatError for bytes that are no ONNX model.
 */
export function parseModel(bytes: Uint8Array, source: string): ParsedModel {
  const model = parse(bytes, source)
  if (model.graph && model.opsetImport.length > 0) return model as ParsedModel
  const problem = 'this is no ONNX model: it has no graph or no operator set'
  throw new OnnxFormatError(source, problem, 'Check the file.')
}

function parse(bytes: Uint8Array, source: string): ModelProto {
  const other = otherFormat(bytes)
  if (other) throw new OnnxFormatError(source, `this is no ONNX model: it is ${other.what}`, other.remedy)
  try {
    return fromBinary(ModelProtoSchema, bytes)
  } catch (cause) {
    const reason = messageOf(cause)
    const problem = `the bytes are no protobuf message of ONNX (${reason})`
    throw new OnnxFormatError(source, problem, 'Get the file again.', { cause })
  }
}

/** What else is found under the name of a model, by how it begins. */
const otherFormats = [
  {
    begins: 'version https://git-lfs',
    what: 'a pointer of Git LFS to one',
    remedy: 'Fetch the file itself (git lfs pull).',
  },
  { begins: '<', what: 'a web page', remedy: 'Download the file itself.' },
  { begins: '{', what: 'JSON', remedy: 'Give the path of a file that ends in .onnx.' },
  { begins: 'PK\u0003\u0004', what: 'a ZIP archive, such as PyTorch writes', remedy: 'Export the network to ONNX.' },
  { begins: 'GGUF', what: 'a model of llama.cpp', remedy: 'Export the network to ONNX.' },
] as const

function otherFormat(bytes: Uint8Array): (typeof otherFormats)[number] | undefined {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 32))
  return otherFormats.find(({ begins }) => start.startsWith(begins))
}

function decodeGraph(proto: GraphProto, source: string): Graph {
  if (proto.sparseInitializer.length > 0) {
    throw new OnnxFormatError(source, 'the model holds sparse weights', 'Export it with dense weights.')
  }
  const initializers = new Map(proto.initializer.map((weight) => [weight.name, decodeTensor(weight, source)]))
  return new Graph({
    name: proto.name,
    // Files before IR version 4 list every weight as an input as well.
    inputs: proto.input.filter(({ name }) => !initializers.has(name)).map(decodeValueInfo),
    outputs: proto.output.map(decodeValueInfo),
    nodes: proto.node.map((node) => decodeNode(node, source)),
    initializers,
    valueInfo: new Map(proto.valueInfo.map((info) => [info.name, decodeValueInfo(info)])),
  })
}

function decodeValueInfo({ name, type }: ValueInfoProto): ValueInfo {
  if (type?.value.case === undefined) return { name }
  const tensorType = type.value.case === 'tensorType' ? type.value.value : undefined
  const elementType = tensorType && elementTypeOf(tensorType.elemType)
  if (!elementType) return { name, other: type }
  const dims = tensorType.shape?.dim.map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : (value.value ?? ''),
  )
  return { name, type: elementType, dims }
}

function decodeNode(proto: NodeProto, source: string): Node {
  const at = `${source}, node "${proto.name || proto.opType}"`
  return {
    name: proto.name,
    opType: proto.opType,
    domain: standardDomain(proto.domain),
    inputs: proto.input,
    outputs: proto.output,
    attributes: Object.fromEntries(
      proto.attribute.map((attribute) => [attribute.name, decodeAttribute(attribute, at)]),
    ),
  }
}

function decodeAttribute(proto: AttributeProto, source: string): Attribute {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
  switch (proto.type) {
    case Kind.INT:
      return { kind: 'int', value: Number(proto.i) }
    case Kind.FLOAT:
      return { kind: 'float', value: proto.f }
    case Kind.STRING:
      return { kind: 'string', value: text(proto.s) }
    case Kind.INTS:
      return { kind: 'ints', value: proto.ints.map(Number) }
    case Kind.FLOATS:
      return { kind: 'floats', value: proto.floats }
    case Kind.STRINGS:
      return { kind: 'strings', value: proto.strings.map(text) }
    case Kind.TENSOR:
      if (proto.t) return { kind: 'tensor', value: decodeTensor(proto.t, source) }
      break
    case Kind.GRAPH:
      if (proto.g) return { kind: 'graph', value: decodeGraph(proto.g, source) }
      break
  }
  throw new OnnxFormatError(
    source,
    `attribute "${proto.name}" is of kind ${Kind[proto.type] ?? proto.type}, which is not supported`,
    'Export the model without it.',
  )
}
