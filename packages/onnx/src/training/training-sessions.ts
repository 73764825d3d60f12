import { differentiate } from '../gradient/index.js'
import type { Graph } from '../graph/graph.js'
import { Session } from '../runtime/session.js'
import type { Tensors } from '../graph/tensor.js'

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
  readonly threads?: number
}

/** The gradient of a graph is written for concrete shapes: a session for each that comes. */
export class TrainingSessions {
  readonly #graph: Graph
  readonly #options: TrainingSessionsOptions
  /** By shape, the one used longest ago first. */
  readonly #sessions = new Map<string, TrainingSession>()

  constructor(graph: Graph, options: TrainingSessionsOptions) {
    this.#graph = graph
    this.#options = options
  }

  /** The session for feeds of these shapes. */
  async for(feeds: Tensors): Promise<TrainingSession> {
    const shape = JSON.stringify(this.#graph.inputs.map(({ name }) => feeds[name]?.dims))
    const ready = this.#sessions.get(shape) ?? (await this.#create(feeds))
    this.#sessions.delete(shape)
    this.#sessions.set(shape, ready)
    for (const [oldest, { session }] of this.#sessions) {
      if (this.#sessions.size <= this.#options.shapes) break
      this.#sessions.delete(oldest)
      await session.close()
    }
    return ready
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ session }) => session.close()))
    this.#sessions.clear()
  }

  async #create(feeds: Tensors): Promise<TrainingSession> {
    const { loss, parameters, threads } = this.#options
    const { graph, ...names } = await differentiate(this.#graph, { loss, parameters, feeds })
    const options = { spin: 'while running', ...(threads !== undefined && { threads }) } as const
    const session = await Session.create(graph, options)
    return { session, ...names }
  }
}
