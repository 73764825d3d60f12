import { type Graph, nestedGraphs, type Node, valuesRead } from '../graph/graph.js'
import { sizeOf } from '../graph/tensor.js'
import { type Known, ofTensor, type ShapeRule } from './known.js'
import { layerRules, type WorkRule } from './layer-rules.js'
import { layoutRules } from './layout-rules.js'
import { pointwiseRules } from './pointwise-rules.js'

/** What a run takes, as estimated from shapes. */
export interface Cost {
  /** Multiplications, or what takes as long. */
  readonly work: number
  /** Most bytes that its values take at one time, its weights not counted. */
  readonly bytes: number
}

const shapeRules: ReadonlyMap<string, ShapeRule> = new Map([
  ...pointwiseRules,
  ...layoutRules,
  ...layerRules.map(([name, { shape }]) => [name, shape] as const),
])
const workRules: ReadonlyMap<string, WorkRule> = new Map(layerRules.map(([name, { work }]) => [name, work]))

/** Domains whose operators have rules. */
const domains: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft'])
/** An element that is written or read takes as long as so many multiplications, a hyperbolic tangent included. */
const perElement = 20
/** What a node takes beside its work. */
const perNode = 1e5
/** The largest type of an element. */
const bytesPerElement = 8

/** A graph whose values have numbers in place of names. */
interface Plan {
  readonly steps: readonly Step[]
}

interface Step {
  readonly node: Node
  /** Undefined of an `If`, which has branches. */
  readonly rule: ShapeRule | undefined
  readonly work: WorkRule | undefined
  readonly branches: readonly Plan[]
  /** Undefined where an optional one is left out. */
  readonly inputs: readonly (number | undefined)[]
  readonly outputs: readonly (number | undefined)[]
  /** Values of which nothing is needed behind it. */
  readonly ended: number[]
  /** Whether all that it reads is weights and constants, so that it is known for all runs. */
  isConstant: boolean
}

/** Called with the shape of each value that a node gives. */
type OnShape = (name: string, dims: readonly number[]) => void

/**
 * Tells what a run of a graph takes by the shapes of its inputs, without running it: the shapes of all values are inferred, with the
 * elements of those that hold shapes.
 */
export class RunCosts {
  /** What is computed of weights and constants alone, as a runtime does when it loads a graph. */
  readonly constant: Cost
  readonly #plan: Plan
  readonly #values: readonly (Known | undefined)[]
  readonly #inputs: ReadonlyMap<string, number>

  private constructor(
    plan: Plan,
    values: readonly (Known | undefined)[],
    inputs: ReadonlyMap<string, number>,
    constant: Cost,
  ) {
    this.#plan = plan
    this.#values = values
    this.#inputs = inputs
    this.constant = constant
  }

  /** Undefined where no shapes tell: it has an operator without a rule, or computes shapes of constants that are no shapes. */
  static of(graph: Graph, onShape?: OnShape): RunCosts | undefined {
    const values: (Known | undefined)[] = []
    const scope = new Map<string, number>()
    const plan = planOf(graph, scope, values)
    const constant = plan && walk(plan, values, true, onShape)
    if (!constant) return undefined
    const inputs = new Map(graph.inputs.map(({ name }) => [name, scope.get(name) as number]))
    return new RunCosts(plan, values, inputs, constant)
  }

  /**
   * Of inputs of these shapes, by name.
   * @returns undefined where it depends on more than shapes: on numbers that only a run computes
   */
  ofRun(dims: Readonly<Record<string, readonly number[]>>, onShape?: OnShape): Cost | undefined {
    const values = [...this.#values]
    for (const [name, place] of this.#inputs) if (dims[name]) values[place] = { dims: dims[name] }
    const cost = walk(this.#plan, values, false, onShape)
    return cost && { work: this.constant.work + cost.work, bytes: this.constant.bytes + cost.bytes }
  }
}

/** Undefined for a graph with an operator that has no rule, or that reads what is not there. */
function planOf(graph: Graph, scope: Map<string, number>, values: (Known | undefined)[]): Plan | undefined {
  const place = (name: string, value?: Known): number => {
    scope.set(name, values.length)
    return values.push(value) - 1
  }
  for (const { name } of graph.inputs) place(name)
  for (const [name, weight] of graph.initializers) place(name, ofTensor(weight))
  const steps: Step[] = []
  const last = new Map<number, Step>()
  const own = new Set<number>()
  for (const node of graph.nodes) {
    const read = valuesRead(node).map((name) => scope.get(name))
    const isBranching = node.domain === '' && node.opType === 'If'
    const rule = isBranching ? undefined : ruleOf(node)
    const branches = isBranching ? nestedGraphs(node).map((branch) => planOf(branch, new Map(scope), values)) : []
    if (read.includes(undefined) || (!rule && !isBranching) || branches.includes(undefined)) return undefined
    const step: Step = {
      node,
      rule,
      work: workRules.get(keyOf(node)) ?? workRules.get(node.opType),
      branches: branches as readonly Plan[],
      inputs: node.inputs.map((name) => (name === '' ? undefined : scope.get(name))),
      outputs: node.outputs.map((name) => (name === '' ? undefined : place(name))),
      ended: [],
      isConstant: false,
    }
    steps.push(step)
    for (const output of step.outputs) if (output !== undefined) own.add(output)
    for (const value of read) last.set(value as number, step)
  }
  for (const { name } of graph.outputs) own.delete(scope.get(name) ?? -1)
  for (const [value, step] of last) if (own.has(value)) step.ended.push(value)
  return { steps }
}

/** @param isInPart Goes over what is constant alone. */
function walk({ steps }: Plan, values: (Known | undefined)[], isInPart: boolean, onShape?: OnShape): Cost | undefined {
  let [work, live, bytes] = [0, 0, 0]
  for (const step of steps) {
    if (step.isConstant) continue
    const { node, rule, branches, outputs, ended } = step
    if (!rule) {
      // Both branches, since nobody knows which is taken. What comes out is not followed: in both it may be something else.
      for (const branch of branches) {
        const cost = walk(branch, values, isInPart, onShape)
        if (!cost) return undefined
        work += cost.work
        bytes = Math.max(bytes, live + cost.bytes)
      }
      continue
    }
    const inputs = step.inputs.map((place) => (place === undefined ? undefined : values[place]))
    if (inputs.some((input, at) => input === undefined && step.inputs[at] !== undefined)) {
      if (isInPart) continue
      return undefined
    }
    const results = rule(node, inputs)
    if (!results) return undefined
    let elements = 0
    for (const input of inputs) if (input) elements += sizeOf(input.dims)
    for (const [at, place] of outputs.entries()) {
      const result = results[at]
      if (place === undefined || !result) continue
      if (!isShape(result.dims)) return undefined
      const size = sizeOf(result.dims)
      values[place] = result
      elements += size
      live += bytesPerElement * size
      onShape?.(node.outputs[at] as string, result.dims)
    }
    work += perNode + perElement * elements + (step.work?.(node, inputs, results) ?? 0)
    bytes = Math.max(bytes, live)
    // What is constant stays.
    if (isInPart) step.isConstant = true
    else for (const place of ended) live -= bytesPerElement * sizeOf(values[place]?.dims ?? [0])
  }
  return { work, bytes }
}

function isShape(dims: readonly number[]): boolean {
  return dims.every((size) => Number.isInteger(size) && size >= 0)
}

function keyOf({ domain, opType }: Node): string {
  return domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`
}

function ruleOf(node: Node): ShapeRule | undefined {
  return domains.has(node.domain) ? (shapeRules.get(keyOf(node)) ?? shapeRules.get(node.opType)) : undefined
}
