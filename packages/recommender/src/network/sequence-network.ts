import { type Matrix, random, rowOf } from '@headstart/core/load'
import { float32, type Graph, GraphBuilder, int64, type Tensor, type Value } from '@headstart/onnx'
import { float } from '@headstart/onnx/kit'
import type { SparseRows } from '../math/sparse-rows.js'

/** Latest items of a history that the network reads. */
export const sequenceLength = 20
/** Numbers of a state. */
const width = 48
/** Numbers to which a text is reduced. */
const textWidth = 64
/** Score of what must not be looked at. */
const hidden = -1e9

/** Inputs and outputs of the network. */
export const sequenceNames = {
  /** int64 [users, 20]: numbers of items from 1 on, the last one at the end; 0 before the first. */
  items: 'items',
  /** `[users, 1, 20]`: 0, or -1e9 where there is no item. */
  absent: 'absent',
  /** In training: int64 [candidates], numbers of items from 1 on. */
  candidates: 'candidates',
  /** `[users, items]`, of the item after the last; in training [users · 20, candidates], of the item after each. */
  scores: 'scores',
} as const

export type SequenceWeights = Readonly<Record<string, Tensor<'float32'>>>

/** Weights that are trained: all but what is made of texts. */
export function trainedWeights(weights: SequenceWeights): string[] {
  return Object.keys(weights).filter((name) => name !== 'texts')
}

/** Fresh weights for a catalog. @param texts One row for each item, of length 1 or 0. */
export function freshSequenceWeights(texts: SparseRows | Matrix, seed: number): SequenceWeights {
  const { normal } = random(seed)
  const some = (dims: readonly number[], scale: number) =>
    float32(
      dims,
      Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => scale * normal()),
    )
  const constant = (value: number) => float32([width], new Float32Array(width).fill(value))
  return {
    texts: float32([texts.rows + 1, textWidth], projected(texts, normal)),
    'item/text': some([textWidth, width], 1 / Math.sqrt(textWidth)),
    'item/residual': some([texts.rows + 1, width], 0.05),
    position: some([sequenceLength, width], 0.05),
    ...Object.fromEntries(
      ['query', 'key', 'value', 'out', 'forward/in', 'forward/out'].map((name) => [
        name,
        some([width, width], 1 / Math.sqrt(width)),
      ]),
    ),
    'norm1/scale': constant(1),
    'norm1/bias': constant(0),
    'norm2/scale': constant(1),
    'norm2/bias': constant(0),
  }
}

/**
 * A sequence model of one block of causal self-attention (Kang and McAuley, "Self-attentive sequential recommendation", 2018,
 * SASRec). An item is a learned map of its text plus a residual of its own, so that an item nobody took has a place as well.
 */
export function sequenceGraph(weights: SequenceWeights, isTraining: boolean): Graph {
  const g = new GraphBuilder('sequence', { opsets: { '': 18 } })
  const items = g.input(sequenceNames.items, 'int64', ['users', sequenceLength])
  const absent = g.input(sequenceNames.absent, 'float32', ['users', 1, sequenceLength])
  const values = new Map(Object.entries(weights).map(([name, tensor]) => [name, g.weight(name, tensor)]))
  const weight = (name: string) => values.get(name) as Value
  const times = (x: Value, name: string) => g.op('MatMul', [x, weight(name)])
  const itemsOf = (numbers: Value) =>
    g.op('Add', [
      times(g.op('Gather', [weight('texts'), numbers]), 'item/text'),
      g.op('Gather', [weight('item/residual'), numbers]),
    ])
  const normalized = (x: Value, name: string) =>
    g.op('LayerNormalization', [x, weight(`${name}/scale`), weight(`${name}/bias`)], { axis: -1, epsilon: float(1e-5) })

  const x = g.op('Add', [itemsOf(items), weight('position')])
  const keys = g.op('Transpose', [times(x, 'key')], { perm: [0, 2, 1] })
  const likeness = g.op('Mul', [g.op('MatMul', [times(x, 'query'), keys]), g.scalar(1 / Math.sqrt(width))])
  const causal = Float32Array.from({ length: sequenceLength ** 2 }, (_, at) =>
    at % sequenceLength > Math.floor(at / sequenceLength) ? hidden : 0,
  )
  const seen = g.op('Add', [
    g.op('Add', [likeness, g.weight('causal', float32([sequenceLength, sequenceLength], causal))]),
    absent,
  ])
  const attended = times(g.op('MatMul', [g.op('Softmax', [seen], { axis: -1 }), times(x, 'value')]), 'out')
  const y = normalized(g.op('Add', [x, attended]), 'norm1')
  const z = normalized(g.op('Add', [y, times(g.op('Relu', [times(y, 'forward/in')]), 'forward/out')]), 'norm2')

  if (isTraining) {
    const states = g.op('Reshape', [z, g.ints([-1, width])])
    const candidates = itemsOf(g.input(sequenceNames.candidates, 'int64', ['candidates']))
    g.output(
      sequenceNames.scores,
      g.op('MatMul', [states, g.op('Transpose', [candidates], { perm: [1, 0] })]),
      'float32',
      ['positions', 'candidates'],
    )
  } else {
    const last = g.op('Gather', [z, g.ints(sequenceLength - 1)], { axis: 1 })
    const all = g.op('Add', [times(weight('texts'), 'item/text'), weight('item/residual')])
    const known = g.op('Slice', [all, g.ints([1]), g.weight('end', int64([1], [Number.MAX_SAFE_INTEGER])), g.ints([0])])
    g.output(sequenceNames.scores, g.op('MatMul', [last, g.op('Transpose', [known], { perm: [1, 0] })]), 'float32', [
      'users',
      'items',
    ])
  }
  return g.build()
}

/** Texts by a random projection, [items + 1, textWidth], the first row 0: products stay as they are but for chance. */
function projected(texts: SparseRows | Matrix, normal: () => number): Float32Array {
  const columns = 'starts' in texts ? texts.columnCount : texts.columns
  const directions = Float32Array.from({ length: columns * textWidth }, () => normal() / Math.sqrt(textWidth))
  const rows = new Float32Array((texts.rows + 1) * textWidth)
  const add = (row: number, column: number, value: number): void => {
    const [to, from] = [(row + 1) * textWidth, column * textWidth]
    for (let k = 0; k < textWidth; k++)
      rows[to + k] = (rows[to + k] as number) + value * (directions[from + k] as number)
  }
  for (let row = 0; row < texts.rows; row++) {
    if ('starts' in texts) {
      for (let k = texts.starts[row] as number; k < (texts.starts[row + 1] as number); k++)
        add(row, texts.columns[k] as number, texts.values[k] as number)
    } else rowOf(texts, row).forEach((value, column) => add(row, column, value))
  }
  return rows
}
