import { TrainingGraphError } from '../errors.js'
import type { Graph } from '../graph/graph.js'
import { extract } from '../graph/subgraph.js'
import type { Tensor, Tensors } from '../graph/tensor.js'
import { entryOf } from '../operators/table.js'
import { Session, type SessionOptions } from '../runtime/session.js'

/** A training graph that is ready to run, and the frozen weights that it takes as inputs. */
interface Ready {
  readonly session: Session
  readonly loss: string
  readonly frozen: Tensors
}

/** Largest difference, relative to the largest number of an output: single precision, summed up in another order. */
const tolerance = 1e-3
/** The same where numbers are rounded to some hundred values on the way. */
const quantizedTolerance = 5e-2
/** A loss near 0 is the difference of larger numbers. */
const leastLoss = 0.1

/**
 * Runs a network and its training graph on the same feeds, so that a node that was written anew never trains another network in
 * silence.
 * @param feeds What the training session takes: inputs, and the weights under training.
 * @throws TrainingGraphError where an output or the loss differs.
 */
export async function requireSameOutputs(
  graph: Graph,
  { session: training, loss, frozen }: Ready,
  feeds: Tensors,
  settings: SessionOptions,
): Promise<void> {
  const outputs = [...new Set([...graph.outputs.map(({ name }) => name), loss])]
  const found = await training.run({ ...feeds, ...frozen }, outputs)
  const plain = extract(graph, [], outputs)
  const given = Object.fromEntries(plain.inputs.map(({ name }) => [name, feeds[name] as Tensor]))
  const relative = graph.nodes.some((node) => entryOf(node)?.quantized) ? quantizedTolerance : tolerance
  const differ = (output: string, a: Tensors, b: Tensors): Difference | undefined =>
    differenceOf(a[output] as Tensor, b[output] as Tensor, relative, output === loss ? leastLoss : 0)
  const session = await Session.create(plain, { ...settings, optimization: 'disabled' })
  try {
    const expected = await session.run(given)
    for (const output of outputs) {
      const difference = differ(output, expected, found)
      // A network with random numbers in it does not give the same twice: it cannot be compared.
      if (!difference || differ(output, expected, await session.run(given))) continue
      const { index, inference, training: other } = difference
      throw new TrainingGraphError(graph.name, output, `${inference} at element ${index}, as in inference`, `${other}`)
    }
  } finally {
    await session.close()
  }
}

interface Difference {
  readonly index: number
  readonly inference: number
  readonly training: number
}

function differenceOf(expected: Tensor, found: Tensor, relative: number, least: number): Difference | undefined {
  if (expected.type !== 'float32' && expected.type !== 'float64') return undefined
  const [a, b] = [expected.data as Float32Array, found.data as Float32Array]
  let largest = least
  for (const value of a) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value))
  for (let index = 0; index < a.length; index++) {
    const [inference, training] = [a[index] as number, b[index] as number]
    if (Object.is(inference, training) || Math.abs(inference - training) <= relative * largest) continue
    return { index, inference, training }
  }
  return undefined
}
