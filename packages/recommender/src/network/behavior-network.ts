import { type Network, random, parseJsonText } from '@headstart/core/load'
import { float32, GraphBuilder, type Tensor } from '@headstart/onnx'
import { contextSize } from './item-features.js'
import * as z from 'zod'

/** Columns of the input `quality`: see `RankingInput`. */
export const qualitySize = 6
/** Units of the gate's hidden layer. */
const hiddenSize = 24
/** Numbers by which the network knows one scorer from another. */
const embeddingSize = 4

/** Names of the network's inputs and its output. */
export const inputs = { lifts: 'lifts', deviations: 'deviations', quality: 'quality', context: 'context' } as const
export const output = 'scores'
/** What each scorer counts for a user, [users, scorers, 1]: outputs of the gate alone. */
export const gateOutputs = { counts: 'counts', signed: 'signed' } as const
/** Inputs of the network in training alone. */
export const trainingInputs = {
  /** `[scorers, 1]`: what the scorers' embeddings are multiplied by. */
  embeddings: 'embedding_gate',
  /** `[users, items]`: what is added to the scores. */
  penalties: 'penalties',
} as const

/**
 * A network over features, with fresh weights. It sees no item and no user, only how each scorer ranks an item for the user
 * (lift and deviation), how good each scorer was in this shop before (quality), and what kind of history it is (context).
 * A gate, the same for every scorer s up to an embedding, decides what each counts for this user:
 *
 *     o(s) = V tanh(W [quality(s), embedding(s), context] + b) + c
 *     w = 3 softmax(5 t q + 3 o₁) exp(mean o₂),   q(s) = quality of s, relative to the best scorer
 *     score(item) = Σ w(s) lift(s, item) + Σ w(s) tanh(o₃(s)) deviation(s, item)
 *
 * V begins at 0: untrained it is the calibrated features of the scorers, weighted by their quality here. Each item is scored
 * by itself, so any number of items can be put in, in any order.
 *
 * Inputs: lifts and deviations `[users, scorers, items]`, quality `[users, scorers, 6]`, context `[users, 6]`; output:
 * scores `[users, items]`. Stages: gate, head.
 */
export function behaviorNetwork(scorers: readonly string[], seed = 0): Network {
  return { graph: graphOf(scorers, freshGate(scorers.length, seed), 'whole'), stages }
}

const stages = [
  { name: 'gate', output: 'gate/hidden' },
  { name: 'head', output },
]

type Weights = Readonly<Record<string, Tensor>>

/**
 * The same network with inputs that switch embeddings off, so that it does not rely on them, and that take items out of a
 * batch of users with unequally many.
 */
export function trainingNetwork({ graph }: Network): Network['graph'] {
  return graphOf(scorersOf({ graph }), Object.fromEntries(graph.initializers), 'training')
}

/** The network without its last sums: quality and context in, w(s) and w(s) tanh(o₃(s)) out. */
export function gateNetwork({ graph }: Pick<Network, 'graph'>): Network['graph'] {
  return graphOf(scorersOf({ graph }), Object.fromEntries(graph.initializers), 'gate')
}

/** The network with other weights, those of a training. */
export function withWeights({ graph, stages: same }: Network, weights: Weights): Network {
  const initializers = new Map([...graph.initializers].map(([name, own]) => [name, weights[name] ?? own]))
  return { graph: graph.with({ initializers }), stages: same }
}

/**
 * The network for features of some scorers more: it was trained not to rely on its embeddings, and knows new ones by their
 * quality alone.
 * @param scorers Those that it knows, then the new ones.
 */
export function withScorers({ graph }: Network, scorers: readonly string[]): Network {
  const embeddings = new Float32Array(scorers.length * embeddingSize)
  embeddings.set(graph.initializers.get('gate/embedding')?.data as Float32Array)
  const weights = {
    ...Object.fromEntries(graph.initializers),
    'gate/embedding': float32([scorers.length, embeddingSize], embeddings),
  }
  return { graph: graphOf(scorers, weights, 'whole'), stages }
}

/** A network from a file. */
export function networkOf(graph: Network['graph']): Network {
  return { graph, stages }
}

/** Names of the scorers whose features the network takes, in order. */
export function scorersOf({ graph }: Pick<Network, 'graph'>): string[] {
  return z.array(z.string()).parse(parseJsonText(graph.metadata.get('headstart.scorers') ?? '[]'))
}

/** Weights of each stage. */
export const stageWeights = {
  gate: ['gate/quality', 'gate/embedding', 'gate/embedding_kernel', 'gate/context', 'gate/bias'],
  head: ['head/kernel', 'head/bias', 'head/temperature'],
} as const

function freshGate(scorers: number, seed: number): Weights {
  const { normal, uniform } = random(seed)
  // Uniform within 1/√fan-in, as PyTorch begins a linear layer.
  const fanIn = qualitySize + embeddingSize + contextSize
  const kernel = (rows: number): Tensor => {
    return float32(
      [rows, hiddenSize],
      Float32Array.from({ length: rows * hiddenSize }, () => (2 * uniform() - 1) / Math.sqrt(fanIn)),
    )
  }
  return {
    'gate/quality': kernel(qualitySize),
    'gate/embedding': float32(
      [scorers, embeddingSize],
      Float32Array.from({ length: scorers * embeddingSize }, () => 0.1 * normal()),
    ),
    'gate/embedding_kernel': kernel(embeddingSize),
    'gate/context': kernel(contextSize),
    'gate/bias': float32([hiddenSize], kernel(1).data as Float32Array),
    'head/kernel': float32([hiddenSize, 3], new Float32Array(hiddenSize * 3)),
    'head/bias': float32([3], new Float32Array(3)),
    'head/temperature': float32([1], [3]),
  }
}

function graphOf(scorers: readonly string[], weights: Weights, part: 'whole' | 'training' | 'gate'): Network['graph'] {
  const g = new GraphBuilder('behavior', { opsets: { '': 18 } })
  const n = scorers.length
  const features = (name: string) => g.input(name, 'float32', ['users', n, 'items'])
  const [lifts, deviations] = part === 'gate' ? [] : [features(inputs.lifts), features(inputs.deviations)]
  const quality = g.input(inputs.quality, 'float32', ['users', n, qualitySize])
  const context = g.input(inputs.context, 'float32', ['users', contextSize])
  const weight = (name: string) => g.weight(name, weights[name] as Tensor)

  const embedding = weight('gate/embedding')
  const shown =
    part === 'training' ? g.op('Mul', [embedding, g.input(trainingInputs.embeddings, 'float32', [n, 1])]) : embedding
  const ofScorers = g.op('Add', [g.op('MatMul', [shown, weight('gate/embedding_kernel')]), weight('gate/bias')])
  const ofUsers = g.op('Unsqueeze', [g.op('MatMul', [context, weight('gate/context')]), g.ints([1])])
  const ofBoth = g.op('Add', [g.op('Add', [g.op('MatMul', [quality, weight('gate/quality')]), ofScorers]), ofUsers])
  const hidden = g.op('Tanh', [ofBoth], {}, { name: 'gate/hidden' })

  const out = g.op('Add', [g.op('MatMul', [hidden, weight('head/kernel')]), weight('head/bias')])
  const column = (value: typeof out, at: number) => g.op('Slice', [value, g.ints([at]), g.ints([at + 1]), g.ints([2])])
  const relative = g.op('Mul', [column(quality, 1), g.op('Mul', [weight('head/temperature'), g.scalar(5)])])
  const share = g.op('Softmax', [g.op('Add', [relative, g.op('Mul', [column(out, 0), g.scalar(3)])])], { axis: 1 })
  const scale = g.op('Mul', [
    g.op('Exp', [g.op('ReduceMean', [column(out, 1), g.ints([1])], { keepdims: 1 })]),
    g.scalar(3),
  ])
  const counts = g.op('Mul', [share, scale])
  const signed = g.op('Mul', [counts, g.op('Tanh', [column(out, 2)])])
  // [users, 1, scorers] by [users, scorers, items]
  const sum = (by: typeof out, features: typeof out) =>
    g.op('MatMul', [g.op('Transpose', [by], { perm: [0, 2, 1] }), features])
  if (!lifts || !deviations) {
    g.output(gateOutputs.counts, counts, 'float32', ['users', n, 1])
    g.output(gateOutputs.signed, signed, 'float32', ['users', n, 1])
    return g.build()
  }
  const total = g.op('Add', [sum(counts, lifts), sum(signed, deviations)])
  const scores = g.op('Squeeze', [total, g.ints([1])])
  const penalized =
    part === 'training'
      ? g.op('Add', [scores, g.input(trainingInputs.penalties, 'float32', ['users', 'items'])])
      : scores
  g.output(output, penalized, 'float32', ['users', 'items'])
  g.metadata('headstart.scorers', JSON.stringify(scorers))
  return g.build()
}
