import '@headstart/onnx/test'
import { float32, Session, tensor, type Tensor } from '@headstart/onnx'
import { extract } from '@headstart/onnx/kit'
import { describe, expect, it } from 'vitest'
import { graphModel, type NodeInput, placeholder, type } from '../test/graph-model.js'
import { operatorCounts } from '../test/operator-counts.js'
import { randomTensor } from '../test/random-tensor.js'
import { NodeImportError, UnknownOperatorError } from './errors.js'
import { type ImportOptions, importTfjs } from './import-tfjs.js'

const shape = (...sizes: number[]): Tensor => tensor('int32', [sizes.length], Int32Array.from(sizes))
const constants = { filter: randomTensor([3, 3, 3, 4], 1), weight: randomTensor([4, 2], 2), axes: shape(1, 2) }
const convolution = { strides: [1, 1, 1, 1], padding: 'SAME' }

/** A small classifier: convolution, activation, mean over places, dense layer. */
const classifier: readonly NodeInput[] = [
  placeholder('photo', 'float32', [-1, -1, -1, 3]),
  { name: 'conv', op: 'Conv2D', inputs: ['photo', 'filter'], attributes: convolution },
  { name: 'relu', op: 'Relu', inputs: ['conv'] },
  { name: 'pool', op: 'Mean', inputs: ['relu', 'axes'], attributes: { keep_dims: false } },
  { name: 'logits', op: 'MatMul', inputs: ['pool', 'weight'] },
  { name: 'classes', op: 'Softmax', inputs: ['logits'] },
]

async function imported(options: ImportOptions = {}, nodes = classifier) {
  const { model } = await graphModel(nodes, constants)
  return importTfjs(model, options)
}

describe('importTfjs', () => {
  it('puts out what nothing reads, under its name, and needs no transposition for images with their channels first', async () => {
    const graph = await imported()
    expect(graph.inputs).toEqual([{ name: 'photo', type: 'float32', dims: ['batch', 3, 'height', 'width'] }])
    expect(graph.outputs).toEqual([{ name: 'classes', type: 'float32', dims: ['batch', 2] }])
    expect(operatorCounts(graph)).toEqual({ Conv: 1, Relu: 1, ReduceMean: 1, MatMul: 1, Softmax: 1 })
  })

  it('puts out what the signature says', async () => {
    const outputs = { scores: { name: 'logits:0', dtype: 'DT_FLOAT' as const, tensorShape: { dim: [] } } }
    const { model } = await graphModel(classifier, constants, { outputs })
    expect(importTfjs(model).outputs.map(({ name }) => name)).toEqual(['logits'])
  })

  it('gives values their names and shapes in TensorFlow, so that the graph can be cut there', async () => {
    const graph = await imported({ inputs: { photo: { dims: ['batch', 8, 6, 3] } } })
    expect(graph.valueInfo.get('relu')).toEqual({ name: 'relu', type: 'float32', dims: ['batch', 4, 8, 6] })
    const { outputs } = extract(graph, ['photo'], ['pool'])
    expect(outputs).toEqual([{ name: 'pool', type: 'float32', dims: ['batch', 4] }])
  })

  it('imports what the outputs need only', async () => {
    const nodes = [...classifier, { name: 'boxes', op: 'NonMaxSuppressionV5', inputs: ['relu'] }]
    expect((await imported({ outputs: ['pool'] }, nodes)).initializers.has('weight')).toBe(false)
    await expect(imported({}, nodes)).rejects.toThrow(UnknownOperatorError)
  })

  it('begins at the nodes that are named as inputs', async () => {
    const graph = await imported({ inputs: { pool: { dims: ['batch', 4] } } })
    expect(graph.inputs.map(({ name }) => name)).toEqual(['pool'])
    expect(operatorCounts(graph)).toEqual({ MatMul: 1, Softmax: 1 })
  })

  it('takes a convolution for an input as it is, whatever could become part of it', async () => {
    const nodes = [...classifier.slice(0, 2), { name: 'scaled', op: 'Mul', inputs: ['conv', 'number'] }]
    const { model } = await graphModel(nodes, { ...constants, number: float32([], [2]) })
    const graph = importTfjs(model, { inputs: { conv: { dims: ['batch', 5, 4, 4] } } })
    expect(graph.inputs.map(({ name }) => name)).toEqual(['conv'])
    expect(operatorCounts(graph)).toEqual({ Mul: 1 })
  })

  it('has images in the order of TensorFlow where that is asked for', async () => {
    const photo = randomTensor([1, 5, 4, 3], 3)
    const graph = await imported({ layout: 'nhwc', outputs: ['relu'] })
    expect(graph.inputs[0]?.dims).toEqual(['batch', 'height', 'width', 3])
    expect(graph.outputs[0]?.dims).toEqual(['batch', 'height', 'width', 4])
    const { relu } = await (await Session.create(graph)).run({ photo })
    expect(relu?.dims).toEqual([1, 5, 4, 4])
  })

  it('puts out one value under the names of all nodes that give it', async () => {
    const nodes = [
      ...classifier,
      { name: 'same', op: 'Identity', inputs: ['relu'] },
      { name: 'again', op: 'Identity', inputs: ['same'] },
    ]
    const graph = await imported({ outputs: ['again', 'relu', 'same'], layout: 'nhwc' }, nodes)
    const results = await (await Session.create(graph)).run({ photo: randomTensor([1, 5, 4, 3], 3) })
    expect(results['again']).toBeAllclose(results['relu'] as Tensor)
    expect(results['same']).toBeAllclose(results['relu'] as Tensor)
  })

  it('computes no shape that follows from the input', async () => {
    const nodes: NodeInput[] = [
      placeholder('photo', 'float32', [-1, 4, 6, 3]),
      { name: 'shape', op: 'Shape', inputs: ['photo'], attributes: { out_type: type('int32') } },
      {
        name: 'batch',
        op: 'StridedSlice',
        inputs: ['shape', 'zero', 'one', 'one'],
        attributes: { shrink_axis_mask: 1 },
      },
      { name: 'target', op: 'Pack', inputs: ['batch', 'rest'], attributes: { axis: 0, N: 2 } },
      { name: 'rows', op: 'Reshape', inputs: ['photo', 'target'] },
    ]
    const sizes = { zero: shape(0), one: shape(1), rest: tensor('int32', [], Int32Array.of(72)) }
    const graph = importTfjs((await graphModel(nodes, sizes)).model, { layout: 'nhwc' })
    expect(operatorCounts(graph)).toEqual({ Reshape: 1 })
    expect(graph.outputs[0]?.dims).toEqual(['batch', 72])
  })

  it('transposes a value once for all that read it, and never there and back', async () => {
    const nodes: NodeInput[] = [
      placeholder('photo', 'float32', [-1, 4, 6, 3]),
      { name: 'first', op: 'Reshape', inputs: ['photo', 'flat'] },
      { name: 'second', op: 'Reshape', inputs: ['photo', 'flat'] },
      { name: 'relu', op: 'Relu', inputs: ['photo'] },
    ]
    const { model } = await graphModel(nodes, { flat: shape(-1, 72) })
    expect(operatorCounts(importTfjs(model))).toEqual({ Transpose: 1, Reshape: 2, Relu: 1 })
    expect(operatorCounts(importTfjs(model, { layout: 'nhwc' }))).toEqual({ Reshape: 2, Relu: 1 })
  })

  it.each<[string, ImportOptions, string]>([
    [
      'an output that does not exist',
      { outputs: ['elsewhere'] },
      'expected outputs that are nodes of the model, got "elsewhere"',
    ],
    [
      'an input that does not exist',
      { inputs: { elsewhere: {} } },
      'expected inputs that are nodes of the model, got "elsewhere"',
    ],
    ['an output that is an input', { outputs: ['photo'] }, 'expected outputs that compute something, got "photo"'],
    ['no output', { outputs: [] }, 'expected at least one output, got none'],
    [
      'an output that its node does not have',
      { outputs: ['relu:1'] },
      'expected outputs that the node has, got "relu:1"',
    ],
    [
      'an input without a shape',
      { inputs: { pool: {} } },
      'node "pool" (Mean): expected the shape of an input, got none',
    ],
  ])('refuses %s', async (_, options, message) => {
    await expect(imported(options)).rejects.toThrow(message)
  })

  it('names a node that uses its operator in a way that cannot be imported', async () => {
    const nodes: NodeInput[] = [
      placeholder('photo', 'float32', [1, 4, 4, 3]),
      placeholder('amounts', 'int32', [4, 2]),
      { name: 'padded', op: 'Pad', inputs: ['photo', 'amounts'] },
    ]
    await expect(imported({}, nodes)).rejects.toThrow(NodeImportError)
    await expect(imported({}, nodes)).rejects.toThrow(
      'node "padded" (Pad): expected paddings that are constant, got a value computed',
    )
  })

  it('refuses a graph that reads what is not there, or itself', async () => {
    await expect(imported({}, [{ name: 'relu', op: 'Relu', inputs: ['gone'] }])).rejects.toThrow(
      'node "relu" (Relu): expected inputs that are in the graph, got "gone"',
    )
    const loop = [
      { name: 'a', op: 'Relu', inputs: ['b'] },
      { name: 'b', op: 'Relu', inputs: ['a'] },
    ]
    await expect(imported({ outputs: ['a'] }, loop)).rejects.toThrow('expected a graph without loops')
  })

  it('takes whole numbers for pixels', async () => {
    const nodes: NodeInput[] = [
      placeholder('photo', 'int32', [1, 2, 2, 3]),
      { name: 'float', op: 'Cast', inputs: ['photo'], attributes: { DstT: type('float32') } },
    ]
    const graph = await imported({ layout: 'nhwc' }, nodes)
    const photo = tensor(
      'int32',
      [1, 2, 2, 3],
      Int32Array.from({ length: 12 }, (_, index) => index),
    )
    const { float } = await (await Session.create(graph)).run({ photo })
    expect(float).toBeAllclose(float32([1, 2, 2, 3], photo.data))
  })
})
