import { encodeModel } from '../graph/encode.js'
import type { Graph } from '../graph/graph.js'
import { sizeOf, type Tensor } from '../graph/tensor.js'
import { TrainingSessions, type TrainingSessionsOptions, worthSharing } from './training-sessions.js'

interface Kept {
  readonly graph: Graph
  readonly options: TrainingSessionsOptions
  readonly structure: Uint8Array
  readonly sessions: TrainingSessions
}

/**
 * Sessions that trainers share, one after the other: of graphs that differ in nothing but the weights under training, such as those of the
 * folds of a cross-validation. The gradient is then written once for each shape, however many trainers there are. What the pool has
 * made it closes: `await using pool = new TrainingPool()`.
 */
export class TrainingPool implements AsyncDisposable {
  readonly #kept: Kept[] = []

  /** The sessions of a graph like this one. */
  sessionsFor(graph: Graph, options: TrainingSessionsOptions): TrainingSessions {
    const structure = structureOf(graph, options)
    const known = this.#kept.find((one) => isLike(one, graph, options, structure))
    if (known) return known.sessions
    const sessions = new TrainingSessions(graph, options)
    this.#kept.push({ graph, options, structure, sessions })
    return sessions
  }

  async close(): Promise<void> {
    await Promise.all(this.#kept.splice(0).map(({ sessions }) => sessions.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const isLarge = ({ dims }: Tensor): boolean => sizeOf(dims) >= worthSharing

/** All of a graph but weights under training and large ones. */
function structureOf(graph: Graph, { parameters }: TrainingSessionsOptions): Uint8Array {
  const trained = new Set(parameters)
  const small = [...graph.initializers].filter(([name, weight]) => !trained.has(name) && !isLarge(weight))
  return encodeModel(graph.with({ initializers: new Map(small) }))
}

function isLike(kept: Kept, graph: Graph, options: TrainingSessionsOptions, structure: Uint8Array): boolean {
  const shown = ({ loss, parameters, shapes, settings }: TrainingSessionsOptions): string =>
    JSON.stringify([loss, parameters, shapes, settings.threads, settings.device])
  const trained = new Set(options.parameters)
  const isSame = ([name, weight]: [string, Tensor]): boolean => {
    const other = kept.graph.initializers.get(name)
    if (trained.has(name)) return other?.dims.join() === weight.dims.join()
    // Large ones are compared by where they are, not number by number.
    return !isLarge(weight) || other?.data === weight.data
  }
  return (
    shown(kept.options) === shown(options) &&
    kept.options.settings.runtime === options.settings.runtime &&
    kept.structure.length === structure.length &&
    kept.structure.every((byte, index) => byte === structure[index]) &&
    kept.graph.initializers.size === graph.initializers.size &&
    [...graph.initializers].every(isSame)
  )
}
