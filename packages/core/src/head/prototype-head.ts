import { float32, GraphBuilder } from '@headstart/onnx'
import { type Head, headNames } from './head.js'
import { type Matrix, rowOf } from '../contract/matrix.js'

/**
 * Answers with the class whose prototype is most alike: softmax of scale · cosine (features, prototype).
 * @param prototypes `[labels, featureSize]`
 * @param scale How sure a likeness makes.
 */
export function prototypeHead(labels: readonly string[], prototypes: Matrix, scale: number): Head {
  const { rows, columns } = prototypes
  const weight = new Float32Array(columns * rows)
  for (let label = 0; label < rows; label++) {
    const prototype = rowOf(prototypes, label)
    const length = Math.hypot(...prototype) || 1
    prototype.forEach((value, column) => (weight[column * rows + label] = (scale * value) / length))
  }
  const g = new GraphBuilder('head')
  const features = g.input(headNames.features, 'float32', ['batch', columns])
  const squares = g.op('ReduceSum', [g.op('Mul', [features, features]), g.ints([-1])], { keepdims: 1 })
  const length = g.op('Sqrt', [g.op('Max', [squares, g.scalar(1e-24)])])
  const logits = g.op('MatMul', [
    g.op('Div', [features, length]),
    g.weight('prototypes', float32([columns, rows], weight)),
  ])
  g.output(headNames.result.classification, g.op('Softmax', [logits], { axis: -1 }), 'float32', ['batch', rows])
  return { kind: 'classification', labels, graph: g.build() }
}
