import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { fixture } from '../../test/fixture.js'
import { runGraph } from '../../test/run-graph.js'
import { decodeModel } from './decode.js'
import { encodeModel } from './encode.js'
import {
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  TensorProto_DataType as Code,
} from './proto/onnx_pb.js'
import { validate } from './validate.js'
import '../test/index.js'

const whole = ['classifier', 'attributes', 'weights', 'old', 'function', 'sequence']

describe('decodeModel', () => {
  it.each(whole)(
    'reads "%s" of the reference implementation as a graph that computes what numpy does',
    async (name) => {
      const { graph, feeds, outputs } = fixture(name)
      const decoded = graph()
      validate(decoded)
      const results = await runGraph(decoded, feeds)
      expect(Object.keys(results)).toEqual(Object.keys(outputs))
      for (const [output, expected] of Object.entries(outputs)) {
        expect(results[output]).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-6 })
      }
    },
  )

  it('reads names, types, shapes, operator sets and metadata', () => {
    const graph = fixture('classifier').graph()
    expect(graph.name).toBe('classifier')
    expect(graph.inputs).toEqual([{ name: 'x', type: 'float32', dims: ['batch', 3] }])
    expect(graph.outputs).toEqual([{ name: 'y', type: 'float32', dims: ['batch', 2] }])
    expect(graph.valueInfo).toEqual(new Map([['hidden', { name: 'hidden', type: 'float32', dims: ['batch', 4] }]]))
    expect(graph.opsets).toEqual(new Map([['', 17]]))
    expect(graph.metadata).toEqual(new Map(Object.entries({ author: 'numpy', licence: 'none' })))
    expect(graph.nodes[3]).toEqual({
      name: 'softmax',
      opType: 'Softmax',
      domain: '',
      inputs: ['logits'],
      outputs: ['y'],
      attributes: { axis: { kind: 'int', value: -1 } },
    })
  })

  it('reads each kind of attribute', () => {
    const { nodes, opsets } = fixture('attributes').graph()
    const attributes = Object.assign({}, ...nodes.map((node) => node.attributes))
    expect(attributes).toMatchObject({
      alpha: { kind: 'float', value: 0.25 },
      perm: { kind: 'ints', value: [1, 0] },
      value: { kind: 'tensor', value: { type: 'float32', dims: [], data: new Float32Array([10]) } },
      then_branch: { kind: 'graph', value: { name: 'then', inputs: [], outputs: [{ name: 'then_out' }] } },
      keepdims: { kind: 'int', value: 0 },
      mode: { kind: 'string', value: 'edge' },
      keys_strings: { kind: 'strings', value: ['good', 'bad', 'größe'] },
      values_floats: { kind: 'floats', value: [1, -1, 0.5] },
    })
    expect(opsets).toEqual(new Map(Object.entries({ '': 17, 'ai.onnx.ml': 2 })))
  })

  it('takes the inputs of old files that are weights as weights only', () => {
    const { inputs, initializers } = fixture('old').graph()
    expect(inputs.map(({ name }) => name)).toEqual(['x'])
    expect([...initializers.keys()]).toEqual(['w'])
  })

  it('writes functions out where they are called', () => {
    const { nodes, functions, opsets } = fixture('function').graph()
    expect(nodes.map(({ opType }) => opType)).toEqual(['Neg', 'Mul', 'ReduceSum', 'Sqrt'])
    expect([functions, [...opsets.keys()]]).toEqual([[], ['']])
  })

  it('keeps types that are no tensors', () => {
    expect(fixture('sequence').graph().valueInfo.get('parts')?.other?.value.case).toBe('sequenceType')
  })

  it('reads a value of unknown rank, of unknown size and of a type that it cannot hold', () => {
    const tensorType = (elemType: Code, shape?: object) => ({
      value: { case: 'tensorType' as const, value: { elemType, ...shape } },
    })
    const input = [
      { name: 'no type' },
      { name: 'no rank', type: tensorType(Code.INT64) },
      {
        name: 'no size',
        type: tensorType(Code.BOOL, { shape: { dim: [{}, { value: { case: 'dimValue', value: 2n } }] } }),
      },
      { name: 'complex', type: tensorType(Code.COMPLEX64, { shape: { dim: [] } }) },
    ]
    const bytes = modelBytes({ input })
    const decoded = decodeModel(bytes)
    const [, , , complex] = decoded.inputs
    expect(decoded.inputs.slice(0, 3)).toEqual([
      { name: 'no type' },
      { name: 'no rank', type: 'int64' },
      { name: 'no size', type: 'bool', dims: ['', 2] },
    ])
    expect(complex?.other?.value.case).toBe('tensorType')
    expect(decodeModel(encodeModel(decoded)).inputs).toEqual(decoded.inputs)
  })

  it('takes both names of the standard operators for one', () => {
    const bytes = modelBytes(
      { node: [{ opType: 'Relu', domain: 'ai.onnx' }] },
      { opsetImport: [{ domain: 'ai.onnx', version: 17n }] },
    )
    const { opsets, nodes } = decodeModel(bytes)
    expect([...opsets]).toEqual([['', 17]])
    expect(nodes[0]?.domain).toBe('')
  })
})

describe('decodeModel refuses', () => {
  const { bytes } = fixture('classifier')
  const refusal = (file: Uint8Array): Promise<string> => errorOf(() => decodeModel(file, 'net.onnx'))

  it('a file cut short anywhere, and never calls it whole unless a part at the end is optional', async () => {
    const errors = await Promise.all(Array.from(bytes, (_, length) => refusal(bytes.subarray(0, length))))
    const accepted = errors.filter((error) => error === 'nothing was thrown')
    // Metadata stands at the very end of a file and may be absent: two entries, so two places to lose one.
    expect(accepted.length).toBeLessThanOrEqual(2)
    for (const error of errors) expect(error).toMatch(/^OnnxFormatError: net\.onnx: th|^nothing was thrown$/)
  })

  it.each([
    ['an empty file', new Uint8Array()],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a web page', Buffer.from('<!DOCTYPE html><html><body>Not found</body></html>')],
    ['a pointer to a large file', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0')],
    ['zeros', new Uint8Array(100)],
    ['noise', Uint8Array.from({ length: 999 }, (_, i) => (i * 73 + 41) ** 2 % 251)],
  ])('%s, naming the file', async (_, file) => {
    expect(await refusal(file)).toMatch(
      /^OnnxFormatError: net\.onnx: (the bytes are no protobuf message of ONNX \(.+\)|this is no ONNX model: .+)\. /,
    )
  })

  it('weights in another file', async () => {
    const { graph, path } = fixture('external')
    expect(await errorOf(graph)).toBe(
      `OnnxFormatError: ${path}: tensor "w" keeps its data in another file. ` +
        'Read it with readOnnx, from the folder of its file.',
    )
  })

  it('what it would lose: sparse weights, training information', async () => {
    expect(await refusal(modelBytes({ sparseInitializer: [{}] }))).toBe(
      'OnnxFormatError: net.onnx: the model holds sparse weights. Export it with dense weights.',
    )
    expect(await refusal(modelBytes({}, { trainingInfo: [{}] }))).toBe(
      'OnnxFormatError: net.onnx: the model holds training information. Export it for inference.',
    )
  })

  it.each([
    Kind.UNDEFINED,
    Kind.TENSORS,
    Kind.GRAPHS,
    Kind.SPARSE_TENSOR,
    Kind.SPARSE_TENSORS,
    Kind.TYPE_PROTO,
    Kind.TYPE_PROTOS,
    Kind.TENSOR,
    Kind.GRAPH,
  ])('an attribute of kind %i without a value that it can hold', async (type) => {
    const node = [{ name: 'n1', opType: 'Strange', attribute: [{ name: 'a', type }] }]
    expect(await refusal(modelBytes({ node }))).toBe(
      `OnnxFormatError: net.onnx, node "n1": attribute "a" is of kind ${Kind[type]}, which is not supported. ` +
        'Export the model without it.',
    )
  })
})

type ModelInit = MessageInitShape<typeof ModelProtoSchema>

function modelBytes(graph: NonNullable<ModelInit['graph']>, parts: Omit<ModelInit, 'graph'> = {}): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { opsetImport: [{ version: 17n }], ...parts, graph } as ModelInit),
  )
}
