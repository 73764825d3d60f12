import { differentiate, float32, type Graph, GraphBuilder, Session, type Tensor, type Tensors } from '@headstart/onnx'
import { connect, extract, NotDifferentiableError, sizeOf } from '@headstart/onnx/kit'
import type { TunableBackbone } from '../contract/backbone.js'
import type { PartsOfTokens } from '../contract/input-parts.js'
import type { RunOptions } from '../contract/progress.js'
import { inOpsetOf } from '../head/in-opset-of.js'
import { logitsName } from '../head/logits.js'
import type { AnswerWeights } from './influences.js'

/** How an answer came about along the way from an input without its parts to the input. */
export interface Integrated {
  /** What each token adds to the value of the answer, in the order of `PartsOfTokens.parts`; special tokens add nothing. */
  readonly tokens: Float64Array
  /** What they should add up to: the value of the answer, less that without any token. */
  readonly whole: number
}

/** Points of the way: as many are tried, one after another, until the sum is as exact as it should be. */
const steps = [16, 64, 256]
/** How far the sum can be from the whole, as a share of it, or of this much log-odds where that is more. */
const tolerance = { share: 0.02, least: 0.5 }
/** Tokens that are computed together. */
const atOnce = 4096

/**
 * Integrated gradients along the embedding of tokens (Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks", 2017,
 * equation 1): the gradient of the answer's value by the vector of each token, averaged along the straight way from vectors of zero to
 * those of the text, times the way. Special tokens stand where they are, so that they take no credit. The mean is taken at the middles of
 * equal steps, of as many as it takes for the sum to be the difference of the values (their axiom of completeness).
 * @param logits The head, see `withLogits`.
 * @returns undefined for a network of which the embedding is not found, or that has no derivative.
 */
export async function integratedGradients<Input>(
  { network: { graph }, preprocessing }: TunableBackbone<Input>,
  input: Input,
  { input: ids, parts }: PartsOfTokens,
  logits: { readonly graph: Graph; readonly features: string; readonly output: string },
  answer: AnswerWeights,
  { signal }: RunOptions = {},
): Promise<Integrated | undefined> {
  const embedding = embeddingOf(graph, ids)
  if (embedding === undefined) return undefined
  const feeds = preprocessing.collate([await preprocessing.prepare(input)])
  const features = graph.outputs[0]?.name as string
  const vectors = await valueOf(extract(graph, [], [embedding]), feeds)
  const width = vectors.data.length / parts.length
  if (vectors.type !== 'float32' || !Number.isInteger(width)) return undefined
  const typed = graph.with({
    valueInfo: new Map([...graph.valueInfo, [embedding, { name: embedding, type: 'float32' }]]),
  })
  const after = extract(typed, [embedding], [features])
  const head = connect(after, inOpsetOf(after, logits.graph), { [logits.features]: features })
  const whole = connect(head, inOpsetOf(head, valueGraph(answer)), { [logitsName]: logits.output })
  const others = Object.fromEntries(
    whole.inputs.flatMap(({ name }) => (name === embedding ? [] : [[name, feeds[name] as Tensor]])),
  )

  const way = Float32Array.from(vectors.data as Float32Array, (value, at) =>
    (parts[Math.floor(at / width)] ?? -1) < 0 ? 0 : value,
  )
  /** The input as far along the way as it says, one copy for each. */
  const along = (shares: readonly number[]): Tensors => {
    const all = new Float32Array(shares.length * way.length)
    shares.forEach((share, copy) =>
      (vectors.data as Float32Array).forEach(
        (value, at) => (all[copy * way.length + at] = value - (1 - share) * (way[at] as number)),
      ),
    )
    const copies = ([name, tensor]: [string, Tensor]): [string, Tensor] => [name, repeated(tensor, shares.length)]
    return {
      ...Object.fromEntries(Object.entries(others).map(copies)),
      [embedding]: float32([shares.length * (vectors.dims[0] as number), ...vectors.dims.slice(1)], all),
    }
  }
  await using valueSession = await Session.create(whole)
  const ends = (await valueSession.run(along([0, 1]), [valueName]))[valueName]?.data as Float32Array
  const difference = (ends[1] as number) - (ends[0] as number)

  const copies = Math.max(1, Math.min(steps[0] as number, Math.floor(atOnce / parts.length)))
  const trained = await differentiate(whole, {
    loss: lossName,
    parameters: [embedding],
    feeds: along(Array<number>(copies).fill(1)),
  }).catch((error: unknown) => {
    if (error instanceof NotDifferentiableError) return undefined
    throw error
  })
  if (!trained) return undefined
  const gradient = trained.gradients.get(embedding) as string
  await using gradientSession = await Session.create(trained.graph)
  let tokens = new Float64Array(parts.length)
  for (const least of steps) {
    const count = Math.ceil(least / copies) * copies
    tokens = new Float64Array(parts.length)
    for (let first = 0; first < count; first += copies) {
      signal?.throwIfAborted()
      const shares = Array.from({ length: copies }, (_, copy) => (first + copy + 0.5) / count)
      const slopes = (await gradientSession.run(along(shares), [gradient]))[gradient]?.data as Float32Array
      slopes.forEach((slope, at) => {
        const token = Math.floor((at % way.length) / width)
        tokens[token] = (tokens[token] as number) + (slope * (way[at % way.length] as number)) / count
      })
    }
    const sum = tokens.reduce((all, one) => all + one, 0)
    if (Math.abs(sum - difference) <= tolerance.share * Math.max(tolerance.least, Math.abs(difference))) break
  }
  return { tokens, whole: difference }
}

const [valueName, lossName] = ['explained value', 'sum of explained values']

/** From logits `[batch, outputs]` to the value that is explained, `[batch, 1]` (see `Explanation`), and the sum of all. */
function valueGraph({ kind, column, direction }: AnswerWeights): Graph {
  const g = new GraphBuilder('explained')
  const logits = g.input(logitsName, 'float32', ['batch', direction.length])
  const columns = (some: readonly number[]) => g.op('Gather', [logits, g.ints(some)], { axis: 1 })
  const own = columns([column])
  const others = [...direction.keys()].filter((k) => k !== column)
  // The logarithm of the sum of the others' exponentials: of any of them, it less its log-softmax.
  const rest = (): typeof own => {
    const all = columns(others)
    const [first, share] = [all, g.op('LogSoftmax', [all], { axis: 1 })].map((of) =>
      g.op('Gather', [of, g.ints([0])], { axis: 1 }),
    )
    return g.op('Sub', [first as typeof own, share as typeof own])
  }
  const value = kind === 'classification' && others.length > 0 ? g.op('Sub', [own, rest()]) : g.op('Identity', [own])
  g.output(valueName, value, 'float32', ['batch', 1])
  g.output(lossName, g.op('ReduceSum', [value], { keepdims: 0 }), 'float32', [])
  return g.build()
}

/** The value with a vector for each token: what rows of a table are taken for numbers that come from this input. */
function embeddingOf(graph: Graph, ids: string): string | undefined {
  const consumers = graph.consumers()
  const waiting = [ids]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    for (const { opType, inputs, outputs } of consumers.get(value) ?? []) {
      const [first, second] = inputs
      const table = graph.initializers.get(first ?? '')
      if (opType === 'Gather' && second === value && table?.dims.length === 2) return outputs[0]
      if (sameNumbers.has(opType) && first === value) waiting.push(outputs[0] as string)
    }
  }
  return undefined
}

/** Operators that leave numbers of tokens what they are. */
const sameNumbers: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'])

async function valueOf(graph: Graph, feeds: Tensors): Promise<Tensor> {
  await using session = await Session.create(graph)
  const name = graph.outputs[0]?.name as string
  const some = Object.fromEntries(graph.inputs.map((input) => [input.name, feeds[input.name] as Tensor]))
  return (await session.run(some))[name] as Tensor
}

/** A batch of one, so many times. */
function repeated({ type, dims, data }: Tensor, times: number): Tensor {
  const all = new (data.constructor as Float32ArrayConstructor)(times * sizeOf(dims))
  for (let copy = 0; copy < times; copy++) all.set(data as Float32Array, copy * data.length)
  return { type, dims: [times * (dims[0] as number), ...dims.slice(1)], data: all } as Tensor
}
