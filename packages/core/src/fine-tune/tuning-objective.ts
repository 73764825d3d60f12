import { type Graph, type Tensor, type Tensors, type Trainer } from '@headstart/onnx'
import { sliceRows } from '@headstart/onnx/kit'
import type { Batch } from './batches.js'
import { type CutExample, type CutTensors, neverAlone } from './cut-tensors.js'
import type { LinearWeights } from '../head/head-objective.js'
import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'
import type { Random } from '../kit/random.js'
import type { Kind } from '../contract/target.js'

/** What a tuning learns from: every example at the cut, with its target. */
export interface TuningData<Input = unknown> {
  readonly kind: Kind
  readonly cut: CutTensors<Input>
  readonly examples: readonly CutExample<Input>[]
  /** Relative cost of each example in a batch. */
  readonly costs: readonly number[]
  /** Examples to whose length batches are padded (see `lengthSteps`). */
  readonly lengths: readonly number[]
  /** Features of the backbone as it was, `[n, featureSize]`. */
  readonly features: Matrix
  /** Encoded targets, `[n, outputs]`. */
  readonly targets: Matrix
  /** Weight of each example in the loss, `[n]`. */
  readonly weights: Float64Array
  /** Strength of the L2 penalty that suits a head on the frozen features. */
  readonly l2: number
}

/** What an objective is made of. */
export interface ObjectiveParts {
  /** From the cut to the features. */
  readonly tuned: Graph
  readonly data: TuningData
  /** Examples to learn from. */
  readonly rows: readonly number[]
  /** The head at its optimum on their frozen features. */
  readonly head: LinearWeights
}

/** What is minimized over the weights of the tuned part, and how to tell what it is worth. */
export interface TuningObjective {
  /** The tuned part with a loss. */
  readonly graph: Graph
  /** Name of the loss. */
  readonly loss: string
  /** Names of the head's weights where the head is tuned as well. */
  readonly headWeights: readonly string[]
  /** The batches of one epoch. */
  batches(size: number, random: Random): readonly Batch[]
  /** Input tensors of a batch of `size` rows; where there are fewer, copies of weight 0 fill it up. */
  feeds(batch: Batch, size: number): Promise<Tensors>
  /** The head that goes with the weights as they are now. */
  head(trainer: Trainer): Promise<LinearWeights>
  /** What the network as it is now answers for some examples, `[rows.length, outputs]`. */
  results(trainer: Trainer, rows: readonly number[]): Promise<Matrix>
}

/** A batch at the cut: `size` rows, padded to the length of the batch's `longest` example. */
export async function paddedBatch(
  { cut, examples, costs }: TuningData,
  { rows, longest }: Batch,
  size: number,
): Promise<Tensors> {
  const length = costs[longest] as number
  const whole = [...rows, ...Array<number>(size - rows.length).fill(longest)]
  // A further row where none is as long as the batch is to be; it is left out again once all are padded to it.
  const isLong = whole.some((row) => (costs[row] as number) >= length)
  const padded = await cut.batch(
    (isLong ? whole : [...whole, longest]).map((row) => examples[row] as CutExample<unknown>),
  )
  return isLong
    ? padded
    : Object.fromEntries(Object.entries(padded).map(([name, value]) => [name, sliceRows(value, 0, size)]))
}

/** Examples that run forward together. */
const forwardSize = 64

/** One row for each example from a value of the tuned part, such as its features, `[rows.length, columns]`. */
export async function forward(
  { cut, examples, costs }: TuningData,
  trainer: Trainer,
  rows: readonly number[],
  output: string,
): Promise<Matrix> {
  const order = [...rows.keys()].sort(
    (a, b) => (costs[rows[a] as number] as number) - (costs[rows[b] as number] as number),
  )
  let all: Matrix | undefined
  for (let first = 0; first < order.length; first += forwardSize) {
    const places = order.slice(first, first + forwardSize)
    const feeds = await cut.batch(
      neverAlone(places.map((place) => examples[rows[place] as number] as CutExample<unknown>)),
    )
    const { dims, data } = (await trainer.run(feeds, [output]))[output] as Tensor
    const part: Matrix = { rows: places.length, columns: dims[1] as number, data: data as Float32Array }
    all ??= zeroMatrix(rows.length, part.columns)
    for (const [row, place] of places.entries()) rowOf(all, place).set(rowOf(part, row))
  }
  return all ?? zeroMatrix(0, 0)
}
