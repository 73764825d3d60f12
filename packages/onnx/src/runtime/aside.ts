import { Worker } from 'node:worker_threads'
import { runtimeAddress } from './runtime-address.js'
import { type LoadedGraph, nameOf, type Runtime } from './runtime.js'

/** What the thread does: loads the graph that it is sent, runs it on what it is sent. */
const work = `
  const { parentPort } = require('node:worker_threads')
  let graph
  parentPort.on('message', async ({ id, address, model, options, feeds, outputs, ends }) => {
    if (ends) return parentPort.close()
    try {
      if (model) {
        const { defaultRuntime } = await import(address)
        graph = await (await defaultRuntime()).load(model, options)
        parentPort.postMessage({ id, value: graph.outputs })
        // The bytes of the model stay until V8 has another reason to look.
        model = undefined
        setImmediate(() => {
          require('node:v8').setFlagsFromString('--expose-gc')
          require('node:vm').runInNewContext('globalThis.gc?.()')
        })
      } else parentPort.postMessage({ id, value: await graph.run(feeds, outputs) })
    } catch (error) {
      parentPort.postMessage({ id, problem: String(error?.message ?? error) })
    }
  })
`

interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly problem?: string
}

/** Threads that a graph runs in on processors: while the answers of one are looked at, the other has the next. Each has its weights. */
const most = 2

/**
 * A runtime of which each graph runs in two threads of its own, each on half of the cores: onnxruntime holds the thread that it runs in,
 * and who has others to answer meanwhile needs his. Cores that need not wait for each other within a run do more than all of them on
 * one. On other devices it is one thread. In a bundle, and in Bun, Deno and Electron, graphs run here all the same.
 * @param cores That the threads share, where a session does not say how many each has.
 */
export function aside(runtime: Runtime, cores: number): Runtime {
  const address = runtimeAddress()
  if (address === undefined) return runtime
  return {
    ...runtime,
    async load(model, options) {
      const count = options.devices.every((device) => nameOf(device) === 'cpu') ? Math.min(most, cores) : 1
      const { threads = Math.max(1, Math.floor(cores / count)) } = options
      const all = Array.from({ length: count }, thread)
      // Apart, so that what is made here does not hold on to the model's bytes.
      return graphIn(all, await loaded(all, { address, model, options: { ...options, threads } }))
    },
  }
}

/** Has each of the threads load the graph. */
async function loaded(all: readonly Thread[], message: object): Promise<LoadedGraph['outputs']> {
  try {
    const [outputs] = await Promise.all(all.map(({ ask }) => ask(message)))
    return outputs as LoadedGraph['outputs']
  } catch (error) {
    await ended(all)
    throw error
  }
}

function graphIn(all: readonly Thread[], outputs: LoadedGraph['outputs']): LoadedGraph {
  return {
    outputs,
    run(feeds, names) {
      const [free] = all.toSorted((a, b) => a.pending - b.pending) as [Thread]
      return free.ask({ feeds, outputs: names }) as ReturnType<LoadedGraph['run']>
    },
    release: () => ended(all),
  }
}

async function ended(all: readonly Thread[]): Promise<void> {
  await Promise.all(all.map(({ end }) => end()))
}

const over = 'its thread ended'

interface Thread {
  /** How many answers it owes. */
  readonly pending: number
  /** @throws TypeError with what went wrong there. */
  ask(message: object): Promise<unknown>
  end(): Promise<unknown>
}

function thread(): Thread {
  const worker = new Worker(work, { eval: true })
  const waiting = new Map<number, (answer: Answer) => void>()
  let asked = 0
  let isOver = false
  const settle = (answer: Answer): void => {
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
    // It keeps nobody alive who is not waiting for it.
    if (waiting.size === 0) worker.unref()
  }
  const fail = (problem: string): void => {
    for (const id of waiting.keys()) settle({ id, problem })
  }
  worker.on('message', settle)
  worker.on('error', ({ message }) => fail(message))
  worker.on('exit', () => {
    isOver = true
    fail(over)
  })
  return {
    get pending() {
      return waiting.size
    },
    async ask(message) {
      // Nothing would come back.
      if (isOver) throw new TypeError(over)
      const id = asked++
      const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve))
      worker.ref()
      worker.postMessage({ id, ...message }, [])
      const { value, problem } = await answered
      if (problem !== undefined) throw new TypeError(problem)
      return value
    },
    // Terminated while onnxruntime answers, its binding would take the whole process with it: the thread ends by itself.
    end: () =>
      new Promise<void>((resolve) => {
        if (isOver) return resolve()
        isOver = true
        fail(over)
        worker.once('exit', () => resolve())
        worker.ref()
        worker.postMessage({ ends: true }, [])
      }),
  }
}
