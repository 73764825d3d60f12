import { messageOf } from '@headstart/runtime/errors'
import { ClosedError, DeviceError, FeedError, SessionError, SessionOptionError, TensorError } from '../errors.js'
import { GraphBuilder } from '../graph/builder.js'
import { encodeModel } from '../graph/encode.js'
import type { Graph, ValueInfo } from '../graph/graph.js'
import { concatRows, sliceRows, type Tensor, type Tensors } from '../graph/tensor.js'
import { checkFeeds } from './check-feeds.js'
import { runtimeOf } from './default-runtime.js'
import { type Device, type LoadedGraph, nameOf, type Runtime } from './runtime.js'

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
  /**
   * What becomes of the memory that a run took: kept for the next one, or given back, so that many sessions of which one runs at a
   * time take no more of it than one. Default: 'kept'.
   */
  readonly memory?: 'kept' | 'given back'
  /**
   * Whether it runs in threads of its own, for who has others to answer meanwhile: onnxruntime holds the thread that it runs in.
   * Default: false. In a bundle, in Bun, Deno and Electron, and with a runtime of one's own, it runs here all the same.
   */
  readonly aside?: boolean
  /**
   * Whether somebody else made the graph: a run that takes very long or much memory by the shapes of its inputs, or of which shapes do
   * not tell it, then runs in a process of its own, which its signal ends, or its time. Default: false; a graph with a loop
   * always does.
   */
  readonly guarded?: boolean
  /**
   * Where the graph runs, or several places in order of preference. Nothing runs elsewhere without being asked for: of a graph
   * of which a GPU takes only a part, the rest runs on the CPU with `['cuda', 'cpu']`. Default: 'cpu'.
   */
  readonly device?: Device | readonly Device[]
  /** What runs it. Default: what `setRuntime` set, or else onnxruntime for Node. */
  readonly runtime?: Runtime
}

/**
 * A graph made ready to run. It holds native memory until it is closed: `await using session = await Session.create(graph)`
 * closes it at the end of the block.
 */
export class Session implements AsyncDisposable {
  readonly name: string
  readonly inputs: readonly ValueInfo[]
  /** With the types and shapes that the runtime inferred where the graph leaves them out. */
  readonly outputs: readonly ValueInfo[]
  /** Name of what runs the graph: 'onnxruntime-node'. */
  readonly runtime: string
  /** Names of the devices that it runs on, in order of preference: all that does not run on the first runs on those behind it. */
  readonly devices: readonly string[]
  readonly #loaded: LoadedGraph
  #closed = false

  private constructor(graph: Graph, loaded: LoadedGraph, runtime: Runtime, devices: readonly Device[]) {
    this.name = graph.name
    this.inputs = graph.inputs
    this.runtime = runtime.name
    this.devices = devices.map(nameOf)
    const inferred = new Map(loaded.outputs.map((value) => [value.name, value]))
    this.outputs = graph.outputs.map((output) => {
      const value = inferred.get(output.name)
      if (output.type !== undefined || value?.type === undefined) return output
      // No dimensions are said of a scalar, and of a value of which not even the rank is known.
      const dims = output.dims ?? (value.dims && value.dims.length > 0 ? value.dims : undefined)
      return { ...output, type: value.type, dims }
    })
    this.#loaded = loaded
  }

  /**
   * @throws SessionError when the runtime does not take the graph.
   * @throws DeviceError for a device that is not there, or does not take all of the graph.
   */
  static async create(graph: Graph, options: SessionOptions = {}): Promise<Session> {
    const {
      threads,
      optimization = 'all',
      spin = true,
      memory = 'kept',
      device = 'cpu',
      aside = false,
      guarded = false,
    } = options
    const runtime = options.runtime ?? (await runtimeOf(graph, { aside, guarded }))
    const devices: readonly Device[] = [device].flat()
    requireKnown(graph.name, runtime, devices)
    try {
      const loaded = await runtime.load(encodeModel(graph), { devices, threads, optimization, spin, memory })
      return new Session(graph, loaded, runtime, devices)
    } catch (cause) {
      await requirePresent(graph.name, runtime, devices)
      throw fallbackRefused(graph.name, devices, cause) ?? new SessionError(graph.name, 'load', cause)
    }
  }

  /**
   * Runs the graph once.
   * @param feeds One tensor for each input.
   * @param outputs Names of the outputs to compute; default: all.
   * @param signal Ends a run that is under way, of a graph with a loop, or of one that is `guarded` where it takes long.
   * @throws FeedError when a tensor is missing, unknown, or of another type or shape than declared.
   * @throws SessionError when the runtime fails.
   * @throws ClosedError after `close`.
   */
  async run(
    feeds: Tensors,
    outputs = this.outputs.map(({ name }) => name),
    signal?: AbortSignal,
  ): Promise<Record<string, Tensor>> {
    if (this.#closed) throw new ClosedError(`session "${this.name}"`)
    checkFeeds(this.name, this.inputs, feeds)
    try {
      return await this.#loaded.run(feeds, outputs, signal)
    } catch (cause) {
      signal?.throwIfAborted()
      throw new SessionError(this.name, 'run', cause)
    }
  }

  /**
   * Runs the graph on pieces of at most `batchSize` rows along the first axis of every input, and joins the outputs,
   * so that memory stays bounded however many rows there are.
   * @throws FeedError as `run` does, and when the inputs differ in rows.
   * @throws SessionOptionError when `batchSize` is no whole number from 1 on.
   * @throws TensorError when an output does not have one row for each row put in.
   * @throws SessionError when the runtime fails.
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
    await this.#loaded.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
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

/** Refuses devices that the runtime has never heard of; onnxruntime would leave them out. */
function requireKnown(session: string, { name, devices: known }: Runtime, devices: readonly Device[]): void {
  const unknown = devices.map(nameOf).filter((device) => !known.includes(device))
  if (unknown.length === 0 && devices.length > 0) return
  const expected = `devices of ${name} on this machine (${known.join(', ')})`
  const remedy =
    'Take one of these, such as the CPU, or a runtime that has it: see the environment variable HEADSTART_RUNTIME.'
  throw new DeviceError(session, expected, unknown.join(', ') || 'none', remedy)
}

/** Refuses devices that run nothing at all here: a driver or a library is missing. */
async function requirePresent(session: string, runtime: Runtime, devices: readonly Device[]): Promise<void> {
  for (const device of devices) {
    if (nameOf(device) === 'cpu') continue
    const g = new GraphBuilder('probe')
    g.output('y', g.op('Add', [g.input('x', 'float32', [1]), g.scalar(1)]), 'float32')
    try {
      const options = { devices: [device], optimization: 'all', spin: false } as const
      await (await runtime.load(encodeModel(g.build()), options)).release()
    } catch (cause) {
      const [reason] = messageOf(cause).trim().split('\n')
      const expected = `"${nameOf(device)}" on this machine`
      throw new DeviceError(session, expected, `${reason}`, 'Install what it needs, or run on the CPU.', { cause })
    }
  }
}

/** The error that says that the CPU must be named for what no other device runs. */
function fallbackRefused(session: string, devices: readonly Device[], cause: unknown): DeviceError | undefined {
  if (!/fallback to CPU EP/.test(messageOf(cause))) return undefined
  const names = devices.map(nameOf)
  const expected = `all operators of the graph on ${names.join(', ')}`
  const remedy = `Ask for [${[...names, 'cpu'].map((name) => `'${name}'`).join(', ')}] to run these on the CPU.`
  return new DeviceError(session, expected, 'some that only the CPU runs', remedy, { cause })
}
