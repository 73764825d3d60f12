import * as ort from 'onnxruntime-node'
import { arrayConstructors, type ElementArray, type ElementType } from '../graph/element-type.js'
import { checkFeeds } from './check-feeds.js'
import { encodeModel } from '../graph/encode.js'
import { FeedError, SessionError, SessionOptionError, TensorError } from '../errors.js'
import type { Graph, ValueInfo } from '../graph/graph.js'
import { concatRows, sliceRows, type Tensor, type Tensors } from '../graph/tensor.js'
import { threadsOfMachine } from './threads-of-machine.js'

/** Options of `Session.create`. */
export interface SessionOptions {
  /** Threads of one operator. Default: one for each core that the process may use. */
  readonly threads?: number
  /**
   * How far onnxruntime rewrites the graph before it runs. 'disabled' loads faster, for a graph that runs once.
   * Default: 'all'.
   */
  readonly optimization?: 'all' | 'extended' | 'basic' | 'disabled'
  /**
   * Threads that wait for work keep their cores busy, to begin sooner. Default true, as in onnxruntime; false where
   * other threads can use the time, such as those that decode pictures. 'while running' gives the cores back between
   * runs: for a graph of many nodes beside other sessions, a training step for one.
   */
  readonly spin?: boolean | 'while running'
}

/** A graph made ready to run by onnxruntime. */
export class Session {
  readonly name: string
  readonly inputs: readonly ValueInfo[]
  /** With the types and shapes that onnxruntime inferred where the graph leaves them out. */
  readonly outputs: readonly ValueInfo[]
  readonly #session: ort.InferenceSession
  #closed = false

  private constructor(graph: Graph, session: ort.InferenceSession) {
    this.name = graph.name
    this.inputs = graph.inputs
    const inferred = new Map(session.outputMetadata.map((value) => [value.name, value]))
    this.outputs = graph.outputs.map((output) => {
      const value = inferred.get(output.name)
      if (output.type !== undefined || !value?.isTensor) return output
      // No dimensions are said of a scalar, and of a value of which not even the rank is known.
      const dims = output.dims ?? (value.shape.length > 0 ? value.shape : undefined)
      return { ...output, type: value.type as ElementType, dims }
    })
    this.#session = session
  }

  /** @throws SessionError when onnxruntime does not take the graph. */
  static async create(graph: Graph, options: SessionOptions = {}): Promise<Session> {
    try {
      const session = await ort.InferenceSession.create(encodeModel(graph), {
        intraOpNumThreads: options.threads ?? threadsOfMachine(),
        graphOptimizationLevel: options.optimization ?? 'all',
        extra: {
          session: {
            intra_op: { allow_spinning: options.spin === false ? '0' : '1' },
            force_spinning_stop: options.spin === 'while running' ? '1' : '0',
          },
          // It takes a bias into the product before it, by way of a matrix that a single thread fills.
          optimization: { disable_specified_optimizers: 'MatMulAddFusion' },
        },
        // Fatal only: an error is thrown, and need not stand on stderr as well.
        logSeverityLevel: 4,
      })
      return new Session(graph, session)
    } catch (cause) {
      throw new SessionError(graph.name, 'load', cause)
    }
  }

  /**
   * Runs the graph once.
   * @param feeds One tensor for each input.
   * @param outputs Names of the outputs to compute; default: all.
   * @throws FeedError when a tensor is missing, unknown, or of another type or shape than declared.
   * @throws SessionError when onnxruntime fails.
   */
  async run(feeds: Tensors, outputs = this.outputs.map(({ name }) => name)): Promise<Record<string, Tensor>> {
    checkFeeds(this.name, this.inputs, feeds)
    try {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { type, data, dims }]) => [name, toOrt(type, data, dims)]),
      )
      const results = await this.#session.run(tensors, outputs)
      return Object.fromEntries(outputs.map((name) => [name, fromOrt(results[name] as ort.Tensor)]))
    } catch (cause) {
      throw new SessionError(this.name, 'run', cause)
    }
  }

  /**
   * Runs the graph on pieces of at most `batchSize` rows along the first axis of every input, and joins the outputs,
   * so that memory stays bounded however many rows there are.
   * @throws FeedError as `run` does, and when the inputs differ in rows.
   * @throws SessionOptionError when `batchSize` is no whole number from 1 on.
   * @throws TensorError when an output does not have one row for each row put in.
   * @throws SessionError when onnxruntime fails.
   */
  async runBatched(feeds: Tensors, batchSize: number): Promise<Record<string, Tensor>> {
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new SessionOptionError(this.name, 'batchSize', 'a whole number from 1 on', `${batchSize}`)
    }
    const rows = this.#rowsOf(feeds)
    const parts: Record<string, Tensor>[] = []
    for (let start = 0; start < Math.max(rows, 1); start += batchSize) {
      const piece = Object.entries(feeds).map(([name, feed]) => [
        name,
        sliceRows(feed, start, Math.min(start + batchSize, rows)),
      ])
      parts.push(await this.run(Object.fromEntries(piece)))
    }
    return Object.fromEntries(
      this.outputs.map(({ name }) => {
        const joined = concatRows(parts.map((part) => part[name] as Tensor))
        if (joined.dims[0] === rows) return [name, joined]
        throw new TensorError(`session "${this.name}", output "${name}"`, `${rows} rows`, `${joined.dims[0]}`)
      }),
    )
  }

  /** Frees the native memory. The session cannot run afterwards; closing it again does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#session.release()
  }

  /** The number of rows that all inputs have. */
  #rowsOf(feeds: Tensors): number {
    let rows: number | undefined
    for (const [name, { dims }] of Object.entries(feeds)) {
      const [count] = dims
      if (count === undefined) throw new FeedError(this.name, name, 'a tensor with rows', 'a scalar')
      rows ??= count
      if (count !== rows) throw new FeedError(this.name, name, `${rows} rows, as the inputs before it`, `${count}`)
    }
    return rows ?? 0
  }
}

function toOrt(type: ElementType, data: ElementArray, dims: readonly number[]): ort.Tensor {
  return new ort.Tensor(type as ort.Tensor.Type, data as ort.Tensor.DataType, dims)
}

function fromOrt({ type, data, dims }: ort.Tensor): Tensor {
  const elementType = type as ElementType
  if (elementType === 'string' || Array.isArray(data)) return { type: 'string', dims, data: data as string[] }
  const Elements = arrayConstructors[elementType]
  // Newer runtimes give half floats as Float16Array; here they are bits.
  const view = data as Uint8Array
  const held = data instanceof (Elements as unknown as new () => object)
  const array = held ? view : new Elements(view.buffer, view.byteOffset, view.length)
  return { type: elementType, dims, data: array as ElementArray }
}
