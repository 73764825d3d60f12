import { ClosedError, DivergedError, TrainingOptionError } from '../errors.js'
import type { Graph } from '../graph/graph.js'
import type { Runtime } from '../runtime/runtime.js'
import type { SessionOptions } from '../runtime/session.js'
import { float32, tensor, type Tensor, type Tensors } from '../graph/tensor.js'
import { adamW } from './adam-w.js'
import { type Optimizer, type OptimizerFactory, type Parameter, part } from './optimizer.js'
import { constant, type Schedule } from './schedule.js'
import type { TrainingPool } from './training-pool.js'
import { TrainingSessions } from './training-sessions.js'
import { WeightAverage } from './weight-average.js'

/** Weights that are trained alike. */
export interface ParameterGroup {
  /** Names of float32 weights of the graph. */
  readonly names: readonly string[]
  /** Learning rate where the schedule's factor is 1. */
  readonly learningRate: number
  /**
   * Strength of the weight decay (see the optimizer), of matrices and kernels alone: biases and the weights of
   * normalizations, which have one axis longer than 1, do not decay. Default 0.
   */
  readonly weightDecay?: number
  /** First step at which the group is trained; it stays as it is before (gradual unfreezing). Default 0. */
  readonly from?: number
}

/** Options of `Trainer.create`. */
export interface TrainerOptions {
  /** Name of the value to minimize, a scalar float32. */
  readonly loss: string
  readonly groups: readonly ParameterGroup[]
  /** Input tensors such as those of the steps: what cannot be trained is found before the first step. */
  readonly feeds: Tensors
  /** Default: `adamW()`. */
  readonly optimizer?: OptimizerFactory
  /** Default: `constant()`. */
  readonly schedule?: Schedule
  /** Largest norm of all gradients together; longer ones are scaled down (Pascanu et al., 2013). Default: none. */
  readonly clipNorm?: number
  /** Decay of a moving average of the weights over the steps, from 0 to below 1, which `averaged` gives. Default: none is kept. */
  readonly averaging?: number | undefined
  /**
   * Shapes of input tensors whose gradients are kept ready; one that is not costs a new session. They share frozen weights and the
   * memory of a run. Default 32.
   */
  readonly shapes?: number
  /** Threads of one operator. Default: one per core. */
  readonly threads?: number
  /** Where loss and gradients are computed (see `SessionOptions`); the optimizer's steps are taken here. Default: 'cpu'. */
  readonly device?: SessionOptions['device'] | undefined
  /** What computes them. Default: that of sessions. */
  readonly runtime?: Runtime | undefined
  /** Sessions shared with trainers before and after this one. Default: sessions of its own. */
  readonly pool?: TrainingPool | undefined
}

/** What a step found, before it changed the weights. */
export interface StepResult {
  readonly loss: number
  /** Euclidean norm of all gradients together, before clipping. */
  readonly gradientNorm: number
}

/**
 * Trains weights of a graph by its own gradient: onnxruntime computes loss and gradients (see `differentiate`), an
 * optimizer the steps. The same graph, feeds and options give the same bits on the same machine. It holds native memory
 * until it is closed: `await using trainer = await Trainer.create(...)` closes it at the end of the block.
 */
export class Trainer implements AsyncDisposable {
  readonly #graph: Graph
  readonly #parameters: readonly (Parameter & { readonly dims: readonly number[]; readonly from: number })[]
  readonly #optimizer: Optimizer
  readonly #schedule: Schedule
  readonly #clipNorm: number
  readonly #sessions: TrainingSessions
  /** Those of a pool stay open. */
  readonly #ownsSessions: boolean
  /** The parameters as the sessions take them: over the same memory. */
  readonly #weights: Tensors
  /** The weights before the last step, with which loss and gradients were finite. */
  readonly #lastGood: readonly Float32Array[]
  readonly #average: WeightAverage | undefined
  #steps = 0
  #closed = false

  /**
   * @throws TrainingOptionError for a weight that the graph does not have, that is no float32 or in two groups, and for
   *   numbers out of range.
   * @throws NotDifferentiableError when the loss has no gradient with respect to the weights.
   * @throws TrainingGraphError where the training graph gives other outputs for the feeds than the network does.
   */
  static async create(graph: Graph, options: TrainerOptions): Promise<Trainer> {
    const parameters = options.groups.flatMap((group) => parametersOf(graph, group))
    checkOptions(graph, options, parameters)
    const names = parameters.map(({ name }) => name)
    const { loss, shapes = 32, threads, device, runtime, pool } = options
    const settings = {
      ...(threads !== undefined && { threads }),
      ...(device !== undefined && { device }),
      ...(runtime && { runtime }),
    }
    const wanted = { loss, parameters: names, shapes, settings }
    const sessions = pool?.sessionsFor(graph, wanted) ?? new TrainingSessions(graph, wanted)
    const trainer = new Trainer(graph, options, parameters, sessions)
    try {
      await sessions.for(options.feeds)
      await sessions.verify(options.feeds, trainer.#weights)
      return trainer
    } catch (error) {
      await trainer.close()
      throw error
    }
  }

  private constructor(
    graph: Graph,
    options: TrainerOptions,
    parameters: ReturnType<typeof parametersOf>,
    sessions: TrainingSessions,
  ) {
    this.#graph = graph
    this.#parameters = parameters
    this.#optimizer = (options.optimizer ?? adamW())(parameters)
    this.#schedule = options.schedule ?? constant()
    this.#clipNorm = options.clipNorm ?? Number.POSITIVE_INFINITY
    this.#sessions = sessions
    this.#ownsSessions = options.pool === undefined
    this.#weights = Object.fromEntries(parameters.map(({ name, dims, data }) => [name, float32(dims, data)]))
    this.#lastGood = parameters.map(({ data }) => data.slice())
    if (options.averaging !== undefined)
      this.#average = new WeightAverage(
        parameters.map(({ data }) => data),
        options.averaging,
      )
  }

  /** Number of steps taken. */
  get steps(): number {
    return this.#steps
  }

  /**
   * One step: loss and gradients of one batch, then new weights.
   * @param factor Multiplies the learning rates. Default: what the schedule says for this step.
   * @throws DivergedError when the loss or a gradient is not finite; the weights are then back at the last ones with
   *   which both were, and the trainer can be used on.
   * @throws ClosedError after `close`.
   */
  async step(feeds: Tensors, factor = this.#schedule(this.#steps)): Promise<StepResult> {
    this.#requireOpen('training')
    const { results, loss: lossName, gradients: names } = await this.#sessions.run(feeds, this.#weights)
    const loss = Number(results[lossName]?.data[0])
    const gradients = this.#parameters.map(({ name, from }) =>
      this.#steps < from ? undefined : (results[names.get(name) as string]?.data as Float32Array),
    )
    const gradientNorm = normOf(gradients)
    this.#requireFinite('loss', loss)
    this.#requireFinite('gradient', gradientNorm)
    this.#lastGood.forEach((good, index) => good.set(this.#parameters[index]?.data as Float32Array))
    // PyTorch's clip_grad_norm_ has the same 1e-6, against a norm of 0.
    const scale = Math.min(1, this.#clipNorm / (gradientNorm + 1e-6))
    this.#optimizer.step(gradients, factor, scale)
    this.#average?.add(
      this.#parameters.map(({ data }) => data),
      this.#steps,
    )
    this.#steps++
    return { loss, gradientNorm }
  }

  /**
   * Runs what leads to some values of the graph forward, with the weights as they are now.
   * @param feeds Tensors for the inputs that these values need, of any shape that the graph takes; others are ignored.
   * @throws ClosedError after `close`.
   */
  async run(feeds: Tensors, outputs: readonly string[]): Promise<Record<string, Tensor>> {
    this.#requireOpen('trainer')
    const session = await this.#sessions.forward(outputs)
    const given: Tensors = { ...feeds, ...this.#weights }
    return session.run(Object.fromEntries(session.inputs.map(({ name }) => [name, given[name] as Tensor])))
  }

  /** A copy of the weights under training. */
  parameters(): Record<string, Tensor<'float32'>> {
    return Object.fromEntries(this.#parameters.map(({ name, dims, data }) => [name, float32(dims, data.slice())]))
  }

  /** A copy of the average of the weights over the steps; of the weights as they are where none is kept. */
  averaged(): Record<string, Tensor<'float32'>> {
    const { values } = this.#average ?? {}
    if (!values) return this.parameters()
    const copies = this.#parameters.map(({ name, dims }, index) => [
      name,
      float32(dims, (values[index] as Float32Array).slice()),
    ])
    return Object.fromEntries(copies) as Record<string, Tensor<'float32'>>
  }

  /** Has the average in the place of the weights while something runs, where one is kept. */
  async withAverage<Result>(run: () => Promise<Result>): Promise<Result> {
    if (!this.#average) return run()
    const weights = this.parameters()
    this.setParameters(this.averaged())
    try {
      return await run()
    } finally {
      this.setParameters(weights)
    }
  }

  /**
   * Puts weights back that `parameters` gave; the optimizer goes on as it was.
   * @throws TrainingStateError where one is missing or of another size.
   */
  setParameters(parameters: Tensors): void {
    for (const { name, data } of this.#parameters) data.set(part(parameters, name, data.length))
  }

  /** The graph with the weights as they are now. */
  graph(): Graph {
    return this.#graph.with({
      initializers: new Map([...this.#graph.initializers, ...Object.entries(this.parameters())]),
    })
  }

  /** A copy of all that the training depends on: weights, the optimizer's state, the number of steps taken. */
  state(): Tensors {
    return {
      ...prefixed('weights/', this.parameters()),
      ...prefixed('optimizer/', this.#optimizer.state()),
      ...(this.#average && prefixed('average/', this.averaged())),
      step: tensor('int32', [1], Int32Array.of(this.#steps)),
    }
  }

  /**
   * Puts back what `state` gave; the training goes on from there with the same bits.
   * @throws TrainingStateError for a state of another training.
   */
  restore(state: Tensors): void {
    const steps = part(state, 'step', 1)[0] as number
    this.setParameters(unprefixed('weights/', state))
    this.#optimizer.restore(unprefixed('optimizer/', state))
    const averages = unprefixed('average/', state)
    this.#average?.values.forEach((values, index) =>
      values.set(part(averages, this.#parameters[index]?.name as string, values.length)),
    )
    this.#steps = steps
    this.#lastGood.forEach((good, index) => good.set(this.#parameters[index]?.data as Float32Array))
  }

  /** Frees the native memory; the weights stay readable. Closing again does nothing. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#ownsSessions) await this.#sessions.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #requireOpen(what: 'trainer' | 'training'): void {
    if (this.#closed) throw new ClosedError(`${what} of graph "${this.#graph.name}"`)
  }

  #requireFinite(what: string, value: number): void {
    if (Number.isFinite(value)) return
    this.#parameters.forEach(({ data }, index) => data.set(this.#lastGood[index] as Float32Array))
    throw new DivergedError(this.#steps, what, value)
  }
}

function parametersOf(graph: Graph, { names, learningRate, weightDecay = 0, from = 0 }: ParameterGroup) {
  return names.map((name) => {
    const weight = graph.initializers.get(name)
    if (weight?.type !== 'float32') {
      const got = weight ? `"${name}", which is ${weight.type}` : `"${name}"`
      throw new TrainingOptionError('Trainer', 'groups', `names of float32 weights of graph "${graph.name}"`, got)
    }
    const { dims } = weight
    const decays = dims.filter((dim) => dim > 1).length > 1
    const data = Float32Array.from(weight.data as Float32Array)
    return { name, dims, data, learningRate, weightDecay: decays ? weightDecay : 0, from }
  })
}

function checkOptions(
  graph: Graph,
  { groups, clipNorm, averaging }: TrainerOptions,
  parameters: readonly Parameter[],
): void {
  const who = `Trainer of graph "${graph.name}"`
  const names = new Set<string>()
  for (const { name } of parameters) {
    if (names.has(name)) throw new TrainingOptionError(who, 'groups', 'each weight in one group', `"${name}" twice`)
    names.add(name)
  }
  if (names.size === 0) throw new TrainingOptionError(who, 'groups', 'at least one weight to train', 'none')
  for (const { learningRate, weightDecay = 0 } of groups) {
    for (const [option, value] of Object.entries({ learningRate, weightDecay })) {
      if (!(value >= 0 && value < Infinity)) {
        throw new TrainingOptionError(who, option, 'a finite number from 0 on', String(value))
      }
    }
  }
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw new TrainingOptionError(who, 'clipNorm', 'a number above 0', String(clipNorm))
  }
  if (averaging !== undefined && !(averaging >= 0 && averaging < 1)) {
    throw new TrainingOptionError(who, 'averaging', 'a decay from 0 to below 1', String(averaging))
  }
}

/** Euclidean norm of all of them together, summed up in float64. */
function normOf(gradients: readonly (Float32Array | undefined)[]): number {
  let squares = 0
  for (const gradient of gradients) {
    if (!gradient) continue
    for (let i = 0; i < gradient.length; i++) squares += (gradient[i] as number) ** 2
  }
  return Math.sqrt(squares)
}

function prefixed(prefix: string, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [prefix + name, value]))
}

function unprefixed(prefix: string, tensors: Tensors): Tensors {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}
