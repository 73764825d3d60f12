import { ClosedError } from '../errors.js'
import { differentiate } from '../gradient/index.js'
import type { Graph } from '../graph/graph.js'
import { Session, type SessionOptions } from '../runtime/session.js'
import { tensorOf, type Tensors } from '../graph/tensor.js'

/** A graph with its gradient, ready to run for feeds of one shape. */
export interface TrainingSession {
  readonly session: Session
  /** Name of the loss. */
  readonly loss: string
  /** Name of the gradient of each parameter. */
  readonly gradients: ReadonlyMap<string, string>
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

/** The gradient of a graph is written for concrete shapes: a session for each that comes. */
export class TrainingSessions implements AsyncDisposable {
  readonly #graph: Graph
  readonly #options: TrainingSessionsOptions
  /** By shape, the one used longest ago first. */
  readonly #sessions = new Map<string, TrainingSession>()
  #closed = false

  constructor(graph: Graph, options: TrainingSessionsOptions) {
    this.#graph = graph
    this.#options = options
  }

  /**
   * The session for feeds of these shapes.
   * @throws ClosedError after `close`.
   */
  async for(feeds: Tensors): Promise<TrainingSession> {
    this.#requireOpen()
    const shape = JSON.stringify(this.#graph.inputs.map(({ name }) => tensorOf(feeds, name)?.dims))
    const ready = this.#sessions.get(shape) ?? (await this.#create(feeds))
    if (this.#closed) await ready.session.close()
    this.#requireOpen()
    this.#sessions.delete(shape)
    this.#sessions.set(shape, ready)
    for (const [oldest, { session }] of this.#sessions) {
      if (this.#sessions.size <= this.#options.shapes) break
      this.#sessions.delete(oldest)
      await session.close()
    }
    return ready
  }

  /** Closes all sessions, and one that is being made as soon as it is there. Closing again does nothing. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#sessions.values()].map(({ session }) => session.close()))
    this.#sessions.clear()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #requireOpen(): void {
    if (this.#closed) throw new ClosedError(`training of graph "${this.#graph.name}"`)
  }

  async #create(feeds: Tensors): Promise<TrainingSession> {
    const { loss, parameters, settings } = this.#options
    const { graph, ...names } = await differentiate(this.#graph, { loss, parameters, feeds, runtime: settings.runtime })
    const session = await Session.create(graph, { spin: 'while running', ...settings })
    return { session, ...names }
  }
}
