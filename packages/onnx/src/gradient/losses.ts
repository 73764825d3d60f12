import { GraphBuilder, type Value } from '../graph/builder.js'
import { connect } from '../graph/connect.js'
import type { Dimension, Graph } from '../graph/graph.js'
import { unusedName, usedNames } from '../graph/rename.js'
import { float32 } from '../graph/tensor.js'
import { ruleOpset, upgradeOpset } from './upgrade-opset.js'

/**
 * A graph with a loss appended: its outputs are the network's and the loss. The loss is the mean over the examples,
 * weighted by one number for each, so that a short batch is filled up with rows of weight 0, which change nothing.
 */
export interface LossGraph {
  readonly graph: Graph
  /** Name of the loss, a scalar. */
  readonly loss: string
  /** Name of the input that takes the examples' weights, `[n]`. At least one must be above 0. */
  readonly weights: string
}

/** A graph with a loss that compares with targets. */
export interface SupervisedLossGraph extends LossGraph {
  /** Name of the input that takes the targets. */
  readonly targets: string
}

/** Options of `softmaxCrossEntropy`. */
export interface SoftmaxCrossEntropyOptions {
  /** Name of the value that holds the logits, `[n, classes]`. */
  readonly logits: string
  /** Weight of each class, `[classes]`. The mean then divides by the weights of the examples' classes. Default: all 1. */
  readonly classWeights?: readonly number[]
  /** Share of each target that is spread over all classes (Szegedy et al., 2016), 0 to 1. Default: 0. */
  readonly labelSmoothing?: number
  /**
   * Exponent q of the generalized cross-entropy (Zhang and Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural
   * Networks with Noisy Labels", 2018): an example of loss l counts (1 - exp(-q l)) / q. The nearer q is to 1, the less
   * counts what is hopeless. Default: 0, the cross-entropy itself.
   */
  readonly generalization?: number
}

/**
 * Appends the cross-entropy of softmax(logits) with targets `[n, classes]`, each row a 1 among zeros (or probabilities):
 *
 *     loss = Σ_i s_i Σ_c w_c t_ic (-log softmax(z_i)_c) / Σ_i s_i Σ_c w_c y_ic,   t = (1 - ε) y + ε / classes
 *
 * with the examples' weights s, the class weights w and the label smoothing ε, as in PyTorch's CrossEntropyLoss.
 * @throws GraphEditError when the graph has no such value.
 */
export function softmaxCrossEntropy(graph: Graph, options: SoftmaxCrossEntropyOptions): SupervisedLossGraph {
  const { logits, classWeights, labelSmoothing: smoothing = 0, generalization: q = 0 } = options
  return append(graph, { logits }, ['batch', 'classes'], (g, { logits: z, targets, weights }) => {
    const surprise = g.op('Neg', [g.op('LogSoftmax', [z], { axis: -1 })])
    const classWeight = classWeights && g.weight('class_weights', float32([classWeights.length], classWeights))
    const weighted = (value: Value): Value => (classWeight ? g.op('Mul', [value, classWeight]) : value)
    const hit = sumOver(g, g.op('Mul', [weighted(targets), surprise]))
    const even = (): Value => g.op('ReduceMean', [weighted(surprise), g.ints([1])], { keepdims: 0 })
    const smooth = (): Value =>
      g.op('Add', [g.op('Mul', [hit, g.scalar(1 - smoothing)]), g.op('Mul', [even(), g.scalar(smoothing)])])
    const norm = classWeight ? g.op('Mul', [weights, sumOver(g, weighted(targets))]) : weights
    const each = smoothing > 0 ? smooth() : hit
    const bounded = (): Value =>
      g.op('Mul', [g.op('Sub', [g.scalar(1), g.op('Exp', [g.op('Mul', [each, g.scalar(-q)])])]), g.scalar(1 / q)])
    return weightedMean(g, q > 0 ? bounded() : each, weights, norm)
  })
}

/**
 * Appends the cross-entropy of independent labels: targets `[n, labels]` are 0 or 1, each logit says one label by itself.
 *
 *     loss = Σ_i s_i Σ_k (log(1 + exp z_ik) - y_ik z_ik) / Σ_i s_i
 *
 * @throws GraphEditError when the graph has no such value.
 */
export function sigmoidCrossEntropy(graph: Graph, { logits }: { readonly logits: string }): SupervisedLossGraph {
  return append(graph, { logits }, ['batch', 'labels'], (g, { logits: z, targets, weights }) => {
    const each = g.op('Sub', [g.op('Softplus', [z]), g.op('Mul', [targets, z])])
    return weightedMean(g, sumOver(g, each), weights, weights)
  })
}

/**
 * Appends the squared error from targets `[n, outputs]`, as the mean over outputs and examples:
 *
 *     loss = Σ_i s_i (1 / outputs) Σ_k (z_ik - y_ik)² / Σ_i s_i
 *
 * @throws GraphEditError when the graph has no such value.
 */
export function meanSquaredError(graph: Graph, { predictions }: { readonly predictions: string }): SupervisedLossGraph {
  return append(graph, { predictions }, ['batch', 'outputs'], (g, { predictions: z, targets, weights }) => {
    const error = g.op('Sub', [z, targets])
    const squares = g.op('ReduceMean', [g.op('Mul', [error, error]), g.ints([1])], { keepdims: 0 })
    return weightedMean(g, squares, weights, weights)
  })
}

/** Options of `infoNce`. */
export interface InfoNceOptions {
  /** Name of the value that holds the anchors, `[n, features]`. */
  readonly anchors: string
  /** Name of the value that holds their partners, `[n, features]`: row i belongs to anchor i. */
  readonly positives: string
  /** Divides the similarities: the smaller, the more the hardest negatives count. Default: 0.07. */
  readonly temperature?: number
}

/**
 * Appends the InfoNCE loss (van den Oord et al., 2018) with the partners of the other rows as negatives: the
 * cross-entropy of finding the anchor's own partner among all of the batch by dot product.
 *
 *     loss = Σ_i s_i (log Σ_j exp(a_i · p_j / τ) - a_i · p_i / τ) / Σ_i s_i,   j over the rows of weight above 0
 *
 * Rows of unit length make the dot product a cosine.
 * @throws GraphEditError when the graph has no such value.
 */
export function infoNce(graph: Graph, { anchors, positives, temperature = 0.07 }: InfoNceOptions): LossGraph {
  const { targets: _, ...made } = append(
    graph,
    { anchors, positives },
    undefined,
    (g, { anchors: a, positives: p, weights }) => {
      const scaled = g.op('Mul', [a, g.scalar(1 / temperature)])
      const similarity = g.op('MatMul', [scaled, g.op('Transpose', [p], { perm: [1, 0] })])
      const isThere = g.op('Greater', [weights, g.scalar(0)])
      const among = g.op('Where', [isThere, similarity, g.scalar(-1e30)])
      const total = g.op('ReduceLogSumExp', [among, g.ints([1])], { keepdims: 0 })
      const own = sumOver(g, g.op('Mul', [scaled, p]))
      return weightedMean(g, g.op('Sub', [total, own]), weights, weights)
    },
  )
  return made
}

/** Σ over the second axis. */
function sumOver(g: GraphBuilder, value: Value): Value {
  return g.op('ReduceSum', [value, g.ints([1])], { keepdims: 0 })
}

/** Σ s · losses / Σ norm */
function weightedMean(g: GraphBuilder, losses: Value, weights: Value, norm: Value): Value {
  const sum = (value: Value): Value => g.op('ReduceSum', [value], { keepdims: 0 })
  return g.op('Div', [sum(g.op('Mul', [losses, weights])), sum(norm)])
}

type Inputs<Name extends string> = Readonly<Record<Name | 'targets' | 'weights', Value>>

/** Connects a loss to a network. Without `targetDims` there is no input for targets. */
function append<Name extends string>(
  graph: Graph,
  values: Readonly<Record<Name, string>>,
  targetDims: readonly Dimension[] | undefined,
  write: (g: GraphBuilder, inputs: Inputs<Name>) => Value,
): SupervisedLossGraph {
  const network = upgradeOpset(graph)
  const used = usedNames(network)
  const [targets, weights, loss] = ['targets', 'weights', 'loss'].map((name) => unusedName(name, used)) as [
    string,
    string,
    string,
  ]
  const g = new GraphBuilder('loss', { opsets: { '': network.opsets.get('') ?? ruleOpset } })
  const wiring: Record<string, string> = {}
  const inputs: Record<string, Value> = {}
  for (const [name, value] of Object.entries<string>(values)) {
    const input = unusedName(name, used)
    wiring[input] = value
    inputs[name] = g.input(input, 'float32', ['batch', 'features'])
  }
  if (targetDims) inputs['targets'] = g.input(targets, 'float32', targetDims)
  inputs['weights'] = g.input(weights, 'float32', ['batch'])
  g.output(loss, write(g, inputs as Inputs<Name>), 'float32', [])
  const whole = connect(network, g.build(), wiring)
  return {
    graph: whole.with({ outputs: [...network.outputs, ...whole.outputs] }),
    loss,
    targets,
    weights,
  }
}
