import { type Dimension, Session, type Tensor } from '@headstart/onnx'
import type * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { importTfjs } from '../src/import-tfjs.js'
import type { Importer } from '../src/operation.js'
import { type AttributeInput, graphModel, placeholder } from './graph-model.js'
import { channelsFirst, fromTensorflow, originalGraphModel, scoped, toTensorflow, useBackend } from './original.js'
import { expectParity } from './parity.js'

/** One use of an operator that TensorFlow.js and we must agree on. */
export interface ParityCase {
  /** What it is about. */
  readonly title: string
  /** Fed when the graph runs, or part of it. */
  readonly inputs: readonly (Tensor | { readonly constant: Tensor })[]
  readonly attributes?: Readonly<Record<string, AttributeInput>>
  /** Number of outputs. Default 1. */
  readonly outputs?: number
  /** Set where the sizes of the inputs must be known. */
  readonly fixed?: true
}

const layouts = ['nchw', 'nhwc'] as const
type Layout = (typeof layouts)[number]

/**
 * Each operator of a table against TensorFlow.js, in all its cases. Every case is imported four times: images with
 * their channels first or last, sizes known or left open.
 */
export function testOperators(
  operators: Readonly<Record<string, Importer>>,
  cases: Readonly<Record<string, readonly ParityCase[]>>,
): void {
  beforeAll(() => useBackend('cpu'))

  it('has cases for every operator', () => {
    const tested = Object.entries(cases).flatMap(([operator, list]) => (list.length > 0 ? [operator] : []))
    expect(tested.toSorted()).toEqual(Object.keys(operators).toSorted())
  })

  describe.each(Object.entries(cases))('%s', (operator, list) => {
    it.each(list.map((one) => [one.title, one] as const))('%s', async (_, parityCase) => {
      for (const isOpen of parityCase.fixed ? [false] : [false, true]) await expectSame(operator, parityCase, isOpen)
    })
  })
}

async function expectSame(operator: string, parityCase: ParityCase, isOpen: boolean): Promise<void> {
  const { inputs, attributes = {}, outputs = 1 } = parityCase
  const fed = new Map<string, Tensor>()
  const constants: Record<string, Tensor> = {}
  inputs.forEach((input, index) => {
    if ('constant' in input) constants[`in${index}`] = input.constant
    else fed.set(`in${index}`, input)
  })
  const sources = [...fed].map(([name, { type, dims }]) =>
    placeholder(name, type as 'float32', isOpen ? dims.map(() => -1) : dims),
  )
  const node = { name: 'node', op: operator, inputs: inputs.map((_, index) => `in${index}`), attributes }
  const { artifacts, model } = await graphModel([...sources, node], constants)
  const names = Array.from({ length: outputs }, (_, index) => (index === 0 ? 'node' : `node:${index}`))

  const original = await originalGraphModel(artifacts)
  const expected = scoped(() => {
    const feeds = Object.fromEntries([...fed].map(([name, tensor]) => [name, toTensorflow(tensor)]))
    return [original.execute(feeds, names)].flat().map((result) => fromTensorflow(result as tf.Tensor))
  })
  original.dispose()

  for (const layout of layouts) {
    const graph = importTfjs(model, { outputs: names, layout })
    const used = graph.inputs.map(({ name }) => [name, inLayout(fed.get(name) as Tensor, layout)] as const)
    const session = await Session.create(graph, { threads: 1 })
    const results = await session.run(Object.fromEntries(used))
    names.forEach((name, index) => {
      const message = `${name}, ${layout}, sizes ${isOpen ? 'open' : 'known'}`
      expectParity(results[name], inLayout(expected[index] as Tensor, layout), { message })
      expectFits(graph.outputs[index]?.dims, results[name]?.dims, message)
    })
    await session.close()
  }
}

function inLayout(tensor: Tensor, layout: Layout): Tensor {
  return tensor.dims.length === 4 && layout === 'nchw' ? channelsFirst(tensor) : tensor
}

/** Sizes that the graph says beforehand are those that come. */
function expectFits(
  declared: readonly Dimension[] | undefined,
  dims: readonly number[] | undefined,
  message: string,
): void {
  expect(
    declared?.map((dim, axis) => (typeof dim === 'number' ? dim : dims?.[axis])),
    message,
  ).toEqual(dims)
}
