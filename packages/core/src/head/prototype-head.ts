import { float32, GraphBuilder } from '@headstart/onnx'
import { directionNodes } from './directions.js'
import { type Head, headNames } from './head.js'
import { type Matrix, rowOf } from '../contract/matrix.js'

/**
 * Answers with the class whose prototype is most alike: softmax of scale · cosine (features - center, prototype).
 * @param prototypes As seen from the center, `[labels, featureSize]`.
 * @param scale How sure a likeness makes.
 * @param center `[featureSize]`; default: the origin.
 */
export function prototypeHead(
  labels: readonly string[],
  prototypes: Matrix,
  scale: number,
  center?: Float64Array,
): Head {
  const { rows, columns } = prototypes
  const weight = new Float32Array(columns * rows)
  for (let label = 0; label < rows; label++) {
    const prototype = rowOf(prototypes, label)
    const length = Math.hypot(...prototype) || 1
    prototype.forEach((value, column) => (weight[column * rows + label] = (scale * value) / length))
  }
  const g = new GraphBuilder('head')
  const features = g.input(headNames.features, 'float32', ['batch', columns])
  const directions = directionNodes(g, features, center)
  const logits = g.op('MatMul', [directions, g.weight('prototypes', float32([columns, rows], weight))])
  g.output(headNames.result.classification, g.op('Softmax', [logits], { axis: -1 }), 'float32', ['batch', rows])
  return { kind: 'classification', labels, graph: g.build() }
}
