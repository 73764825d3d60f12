import { GradientError, NotDifferentiableError } from '../errors.js'
import type { Graph, Node, ValueInfo } from '../graph/graph.js'
import { definedValues, rename, unusedName, usedNames } from '../graph/rename.js'
import { checkFeeds } from '../runtime/check-feeds.js'
import type { Runtime } from '../runtime/runtime.js'
import { extract } from '../graph/subgraph.js'
import { sizeOf, type Tensor, tensorOf, type Tensors } from '../graph/tensor.js'
import { weightsAsInputs } from '../graph/weights-as-inputs.js'
import { sortNodes } from '../graph/sort-nodes.js'
import { writeBackward } from './backward.js'
import { branchesOnTheWay } from './branches-on-the-way.js'
import { foldBatchNormalization } from './fold-batch-normalization.js'
import { fusePatterns } from './fuse-patterns.js'
import { inOneForm } from './in-one-form.js'
import { lower } from './lower.js'
import { type Paths, pathsBetween } from './paths.js'
import { refusalOf } from '../operators/table.js'
import { TensorOps, type TypedValue } from '../operators/tensor-ops.js'
import { trace } from './trace.js'

/** Options of `differentiate`. */
export interface DifferentiateOptions {
  /** Name of the value to differentiate: a float scalar (or one element) of the graph. */
  readonly loss: string
  /** Names of the initializers (or float inputs) by which to differentiate. Initializers become inputs of the result. */
  readonly parameters: readonly string[]
  /** Tensors for all inputs, of the shapes the training graph is to have. */
  readonly feeds: Tensors
  /** What shapes are asked of. Default: that of sessions. */
  readonly runtime?: Runtime | undefined
}

/** A graph that computes a loss and its gradients. */
export interface TrainingGraph {
  /** Inputs: the original ones and the parameters. Outputs: the original ones, the loss if it was none, conditions, each gradient. */
  readonly graph: Graph
  readonly loss: string
  /** Parameter name -> name of the output that holds its gradient. */
  readonly gradients: ReadonlyMap<string, string>
  /**
   * Where `If` stands on the way, its branch that the feeds take is in the graph: of each condition the name, an output, and whether it
   * holds. Feeds with which it does not would take another branch.
   */
  readonly branches: ReadonlyMap<string, boolean>
}

/**
 * Reverse-mode differentiation: writes the gradient of a scalar by some parameters as nodes of the same graph, whose
 * shapes become those of the feeds.
 *
 * Each node on the way from a parameter to the loss is visited once, last first: the gradients by its outputs give those
 * by its inputs (see `rules`); where a value was used several times its gradients add up (Griewank and Walther,
 * Evaluating Derivatives, 2008, section 3.2).
 * @throws GradientError for a loss that is no float scalar, and for a parameter that is none or has no influence on it.
 * @throws NotDifferentiableError for an operator on the way that has no derivative.
 * @throws InvalidGraphError for nodes that read each other in a circle.
 * @throws GraphEditError for a graph of an operator set before version 7.
 * @throws FeedError for feeds that do not fit the graph's inputs.
 */
export async function differentiate(whole: Graph, given: DifferentiateOptions): Promise<TrainingGraph> {
  const options = { ...given, parameters: [...new Set(given.parameters)] }
  checkNames(whole, options)
  checkFeeds(whole.name, whole.inputs, options.feeds)
  const { loss, parameters, feeds, runtime } = options
  const { graph, taken } = await branchesOnTheWay(sortNodes(whole), parameters, loss, feeds, runtime)
  const weights = parameters.filter((name) => graph.initializers.has(name))
  const opened = weightsAsInputs(inOneForm(graph), weights)
  const upgraded = foldBatchNormalization(fusePatterns(opened))
  const paths = pathsBetween(upgraded, parameters, loss)
  checkPaths(upgraded, options, paths)

  const around = paths.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]).filter((name) => name !== '')
  const fed = Object.fromEntries(weights.map((name) => [name, graph.initializers.get(name) as Tensor]))
  const traced = await trace(upgraded, { ...feeds, ...fed }, [...new Set([...around, ...parameters, loss])], runtime)
  checkTypes(traced, options)

  for (const name of upgraded.nodes.flatMap(guardedBy)) {
    const value = traced.get(name)
    if (value) traced.set(name, { ...value, guarded: true })
  }
  const opset = upgraded.opsets.get('') ?? 0
  const ops = new TensorOps(usedNames(upgraded), traced)
  const lowered = upgraded.with({ nodes: lower(upgraded.nodes, new Set(paths.nodes), opset, ops) })
  const backward = writeBackward(pathsBetween(lowered, parameters, loss), loss, opset, ops)
  const forward = lowered.nodes.map((node) => withOutputs(node, backward.addedOutputs.get(node)))
  const complete = lowered.with({
    nodes: [...forward, ...ops.nodes],
    initializers: new Map([...lowered.initializers, ...ops.constants]),
  })
  const gradients = new Map(
    parameters.map((name) => [name, backward.gradients.get(name) ?? withoutInfluence(name, loss, 'none')] as const),
  )
  return assemble(complete, options, gradients, taken)
}

/** Values that a node may leave out where they are no numbers: by asking whether they are, or by what it was told before. */
function guardedBy({ opType, inputs }: Node): readonly string[] {
  return opType === 'IsNaN' ? inputs : opType === 'Where' ? inputs.slice(1) : []
}

function checkNames(graph: Graph, { loss, parameters }: DifferentiateOptions): void {
  const defined = definedValues(graph)
  if (!defined.has(loss)) {
    throw new GradientError(
      loss,
      `a value of graph "${graph.name}" as the loss`,
      'an unknown name',
      'See graph.toString().',
    )
  }
  const sources = new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()])
  for (const name of parameters) {
    if (sources.has(name)) continue
    const got = defined.has(name) ? 'a value that a node computes' : 'an unknown name'
    throw new GradientError(name, `a weight or an input of graph "${graph.name}"`, got, 'See graph.toString().')
  }
}

function checkPaths(graph: Graph, { loss, parameters }: DifferentiateOptions, paths: Paths): void {
  for (const node of paths.nodes) {
    const reason = refusalOf(node, graph.opsets.get(node.domain) ?? 0)
    if (reason !== undefined) throw new NotDifferentiableError(node, reason)
  }
  for (const name of parameters) {
    if (paths.values.has(name)) continue
    const [end] = pathsBetween(graph, [name], loss).ends
    withoutInfluence(name, loss, end ? `one that ends in ${end.node.opType}: ${end.reason}` : 'none')
  }
}

function withoutInfluence(name: string, loss: string, got: string): never {
  throw new GradientError(name, `an influence on the loss "${loss}"`, got, 'Leave this parameter out.')
}

function checkTypes(traced: ReadonlyMap<string, TypedValue>, { loss, parameters }: DifferentiateOptions): void {
  const isFloat = (value: TypedValue | undefined): boolean => value?.type === 'float32' || value?.type === 'float64'
  const title = (value: TypedValue | undefined): string =>
    value ? `${value.type}[${value.dims.join(', ')}]` : 'nothing'
  const value = traced.get(loss)
  if (!value || !isFloat(value) || sizeOf(value.dims) !== 1) {
    throw new GradientError(
      loss,
      'a loss of one floating-point number',
      title(value),
      'Take the mean over the examples.',
    )
  }
  for (const name of parameters) {
    const parameter = traced.get(name)
    if (isFloat(parameter)) continue
    throw new GradientError(name, 'a parameter of type float32 or float64', title(parameter), 'Leave it frozen.')
  }
}

function withOutputs(node: Node, added: ReadonlyMap<number, string> | undefined): Node {
  if (!added) return node
  const length = Math.max(node.outputs.length, ...[...added.keys()].map((index) => index + 1))
  return { ...node, outputs: Array.from({ length }, (_, index) => added.get(index) ?? node.outputs[index] ?? '') }
}

/** The graph with inputs and outputs as promised, without the nodes that nothing needs. */
function assemble(
  graph: Graph,
  { loss, parameters, feeds }: DifferentiateOptions,
  gradients: ReadonlyMap<string, TypedValue>,
  branches: ReadonlyMap<string, boolean>,
): TrainingGraph {
  const used = usedNames(graph)
  const names = new Map(parameters.map((name) => [name, unusedName(`${name}/gradient`, used)]))
  const concrete = ({ name, type, dims }: TypedValue): ValueInfo => ({ name, type, dims })
  const inputs = graph.inputs.map((input): ValueInfo => {
    const feed = tensorOf(feeds, input.name)
    return feed ? concrete({ ...feed, name: input.name }) : input
  })
  // A gradient takes its output's name where it can, which saves a copy.
  const written = new Set(graph.nodes.flatMap(({ outputs }) => outputs))
  const taken = new Set([loss, ...graph.outputs.map(({ name }) => name)])
  const renamed = new Map<string, string>()
  const copies: Node[] = []
  for (const [parameter, { name }] of gradients) {
    const output = names.get(parameter) as string
    if (written.has(name) && !taken.has(name)) renamed.set(name, output)
    else
      copies.push({ name: output, opType: 'Identity', domain: '', inputs: [name], outputs: [output], attributes: {} })
    taken.add(name)
  }
  const outputs = [
    ...graph.outputs.map(({ name }) => name),
    ...[loss, ...branches.keys()].filter((name) => !graph.outputs.some((output) => output.name === name)),
  ]
  const opsets = new Map(graph.opsets)
  if (graph.nodes.some(({ domain }) => domain === 'com.microsoft')) opsets.set('com.microsoft', 1)
  const whole = rename(
    graph.with({
      inputs,
      nodes: [...graph.nodes, ...copies],
      opsets,
    }),
    Object.fromEntries(renamed),
  )
  const pruned = extract(whole, [], [...outputs, ...names.values()])
  const infos = new Map([...gradients].map(([parameter, value]) => [names.get(parameter) as string, value]))
  return {
    graph: pruned.with({
      inputs,
      nodes: resultsLast(pruned),
      outputs: pruned.outputs.map((output) => {
        const gradient = infos.get(output.name)
        return gradient ? concrete({ ...gradient, name: output.name }) : output
      }),
      valueInfo: new Map(),
    }),
    loss,
    gradients: names,
    branches,
  }
}

/**
 * The nodes that no other node reads after all others, the last first. onnxruntime goes from those to what they need, and
 * begins with the last: so each gradient is computed as soon as it can be, while what it is made from is still in the
 * caches, and that is freed.
 */
function resultsLast(graph: Graph): Node[] {
  const consumers = graph.consumers()
  const isRead = ({ outputs }: Node): boolean => outputs.some((name) => (consumers.get(name) ?? []).length > 0)
  return [...graph.nodes.filter(isRead), ...graph.nodes.filter((node) => !isRead(node)).reverse()]
}
