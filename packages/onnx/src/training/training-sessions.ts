import { ClosedError } from '../errors.js'
import { differentiate, type TrainingGraph } from '../gradient/index.js'
import type { Graph } from '../graph/graph.js'
import { extract } from '../graph/subgraph.js'
import { Session, type SessionOptions } from '../runtime/session.js'
import { sizeOf, type Tensor, tensorOf, type Tensors } from '../graph/tensor.js'
import { weightsAsInputs } from '../graph/weights-as-inputs.js'
import { requireSameOutputs } from './require-same-outputs.js'

/** A graph with its gradient, ready to run for feeds of one shape. */
export interface TrainingSession extends Omit<TrainingGraph, 'graph'> {
  readonly session: Session
  /** Weights that are not trained: put in like the others, so that all sessions have them in one place. */
  readonly frozen: Tensors
}

/** Elements from which on a frozen weight is worth sharing. Smaller ones onnxruntime may compute with when it loads the graph. */
export const worthSharing = 2 ** 12

/** What a run of it gives. */
export interface TrainingRun extends TrainingSession {
  readonly results: Tensors
}

/** Options of `TrainingSessions`. */
export interface TrainingSessionsOptions {
  readonly loss: string
  readonly parameters: readonly string[]
  /** Sessions that are kept at most; the one used longest ago is closed first. */
  readonly shapes: number
  /** Of the sessions. */
  readonly settings: Pick<SessionOptions, 'threads' | 'device' | 'runtime'>
}

/** The gradient of a graph is written for concrete shapes: a session for each that comes, and for each way through branches. */
export class TrainingSessions implements AsyncDisposable {
  readonly #graph: Graph
  readonly #options: TrainingSessionsOptions
  /** By shape, the one used longest ago first. */
  readonly #sessions = new Map<string, TrainingSession>()
  /** Sessions of the parts of the graph that `forward` was asked for, by their outputs. */
  readonly #forward = new Map<string, Promise<Session>>()
  #verified: Promise<void> | undefined
  #closed = false

  constructor(graph: Graph, options: TrainingSessionsOptions) {
    this.#graph = graph
    this.#options = options
  }

  /**
   * Loss and gradients for feeds, with these weights.
   * @throws ClosedError after `close`.
   */
  async run(feeds: Tensors, weights: Tensors): Promise<TrainingRun> {
    const { loss } = this.#options
    const run = async (ready: TrainingSession): Promise<TrainingRun> => {
      const outputs = new Set([loss, ...ready.branches.keys(), ...ready.gradients.values()])
      return { ...ready, results: await ready.session.run({ ...feeds, ...ready.frozen, ...weights }, [...outputs]) }
    }
    const first = await run(await this.for(feeds))
    const isWayOf = ([condition, holds]: [string, boolean]): boolean =>
      (Number(first.results[condition]?.data[0]) !== 0) === holds
    if ([...first.branches].every(isWayOf)) return first
    // These feeds take another branch, by what was computed of them.
    await this.#forget(keyOf(this.#graph, feeds))
    return run(await this.for(feeds))
  }

  /**
   * The session for feeds of these shapes.
   * @throws ClosedError after `close`.
   */
  async for(feeds: Tensors): Promise<TrainingSession> {
    this.#requireOpen()
    const key = keyOf(this.#graph, feeds)
    const ready = this.#sessions.get(key) ?? (await this.#create(feeds))
    if (this.#closed) await ready.session.close()
    this.#requireOpen()
    this.#sessions.delete(key)
    this.#sessions.set(key, ready)
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= this.#options.shapes) break
      await this.#forget(oldest)
    }
    return ready
  }

  /**
   * Runs network and training graph once on the same feeds, the first time that it is asked to.
   * @throws TrainingGraphError where they differ.
   */
  verify(feeds: Tensors, weights: Tensors): Promise<void> {
    const verify = async (): Promise<void> => {
      const ready = await this.for(feeds)
      await requireSameOutputs(this.#graph, ready, { ...feeds, ...weights }, this.#options.settings)
    }
    this.#verified ??= verify()
    return this.#verified
  }

  /**
   * What leads to some values of the graph, without a gradient: it takes the weights under training as inputs.
   * @throws ClosedError after `close`.
   */
  async forward(outputs: readonly string[]): Promise<Session> {
    this.#requireOpen()
    const key = JSON.stringify(outputs)
    const known = this.#forward.get(key)
    if (known) return known
    const graph = weightsAsInputs(this.#graph, this.#options.parameters)
    const session = Session.create(extract(graph, [], outputs), this.#options.settings)
    this.#forward.set(key, session)
    return session
  }

  /** Closes all sessions, and one that is being made as soon as it is there. Closing again does nothing. */
  async close(): Promise<void> {
    this.#closed = true
    const forward = await Promise.allSettled(this.#forward.values())
    const made = forward.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    await Promise.all([
      ...[...this.#sessions.keys()].map((key) => this.#forget(key)),
      ...made.map((one) => one.close()),
    ])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #forget(key: string): Promise<void> {
    const known = this.#sessions.get(key)
    this.#sessions.delete(key)
    await known?.session.close()
  }

  #requireOpen(): void {
    if (this.#closed) throw new ClosedError(`training of graph "${this.#graph.name}"`)
  }

  async #create(feeds: Tensors): Promise<TrainingSession> {
    const { loss, parameters, settings } = this.#options
    const { graph, ...names } = await differentiate(this.#graph, { loss, parameters, feeds, runtime: settings.runtime })
    // Of all sessions alike, so that bits do not depend on which shape came first.
    const isShared = ([, { type, dims }]: [string, Tensor]): boolean =>
      type === 'float32' && sizeOf(dims) >= worthSharing
    const frozen = Object.fromEntries([...graph.initializers].filter(isShared))
    const opened = weightsAsInputs(graph, Object.keys(frozen))
    // Most trainings have one shape; where there are more, one of them runs at a time.
    const memory = this.#sessions.size === 0 ? 'kept' : 'given back'
    const session = await Session.create(opened, { spin: 'while running', memory, ...settings })
    return { session, frozen, ...names }
  }
}

/** What a training graph is made for: shapes, and which of two ways is asked for. */
function keyOf({ inputs }: Graph, feeds: Tensors): string {
  const partOf = (name: string) => {
    const feed = tensorOf(feeds, name)
    return feed?.type === 'bool' && feed.data.length === 1 ? feed.data[0] : feed?.dims
  }
  return JSON.stringify(inputs.map(({ name }) => partOf(name)))
}
