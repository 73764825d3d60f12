import { float32, type Graph, GraphBuilder } from '@headstart/onnx'
import type { LinearWeights } from './head-objective.js'
import { type Matrix, zeroMatrix } from '../contract/matrix.js'
import type { Target, Kind } from '../contract/target.js'

/** Name of the value where backbone and head meet, and of the head's result, in every saved `model.onnx`. */
export const headNames = {
  features: 'features',
  result: { classification: 'probabilities', 'multi-label': 'probabilities', regression: 'value' },
} as const

/** What stands on top of a backbone: from features to an answer. */
export interface Head {
  readonly kind: Kind
  /** Class or label names in the order of the result's columns; empty for regression. */
  readonly labels: readonly string[]
  /** `features` [batch, featureSize] → `probabilities` [batch, labels] or `value` [batch, 1]. */
  readonly graph: Graph
}

/** A linear head: logits = features · weight + bias, then softmax, sigmoid, or nothing, by task. */
export function linearHead(kind: Kind, labels: readonly string[], { weight, bias }: LinearWeights): Head {
  const outputs = bias.length
  const featureSize = weight.length / outputs
  const g = new GraphBuilder('head')
  const features = g.input(headNames.features, 'float32', ['batch', featureSize])
  const logits = g.op(
    'Gemm',
    [
      features,
      g.weight('head.weight', float32([featureSize, outputs], Float32Array.from(weight))),
      g.weight('head.bias', float32([outputs], Float32Array.from(bias))),
    ],
    {},
    { name: 'logits' },
  )
  const result = {
    classification: () => g.op('Softmax', [logits], { axis: -1 }),
    'multi-label': () => g.op('Sigmoid', [logits]),
    regression: () => logits,
  }[kind]()
  g.output(headNames.result[kind], result, 'float32', ['batch', outputs])
  return { kind, labels, graph: g.build() }
}

/** Targets as numbers, `[n, outputs]`: one-hot classes, 0/1 per label, or the value itself. */
export function encodeTargets(targets: readonly Target[], labels: readonly string[]): Matrix {
  const encoded = zeroMatrix(targets.length, Math.max(labels.length, 1))
  const columns = new Map(labels.map((label, column) => [label, column]))
  targets.forEach((target, row) => {
    if (typeof target === 'number') encoded.data[row] = target
    else for (const label of [target].flat()) encoded.data[row * encoded.columns + (columns.get(label) as number)] = 1
  })
  return encoded
}
