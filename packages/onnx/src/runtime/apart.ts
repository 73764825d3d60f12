import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { memoryHere } from '../files/model-size-limit.js'
import type { ValueInfo } from '../graph/graph.js'
import type { Tensor } from '../graph/tensor.js'
import { runtimeAddress } from './runtime-address.js'
import type { Runtime } from './runtime.js'

/** Ends a process whose parent is gone, from a thread that is free while the other runs a graph. */
const watch = `
  const { workerData: parent } = require('node:worker_threads')
  setInterval(() => {
    try {
      process.kill(parent, 0)
    } catch (error) {
      if (error.code === 'ESRCH') process.kill(process.pid, 'SIGKILL')
    }
  }, 500)
`

/** What the process does: loads the graph that it is sent, runs it on what it is sent. */
const work = `
  import { Worker } from 'node:worker_threads'
  new Worker(${JSON.stringify(watch)}, { eval: true, execArgv: [], workerData: process.ppid }).unref()
  let graph
  process.on('disconnect', () => process.exit())
  process.on('message', async ({ address, model, options, feeds, outputs }) => {
    try {
      if (model) {
        const { defaultRuntime } = await import(address)
        graph = await (await defaultRuntime()).load(model, options)
        process.send({ value: graph.outputs })
      } else process.send({ value: await graph.run(feeds, outputs) })
    } catch (error) {
      process.send({ problem: String(error?.message ?? error) })
    }
  })
`

/** Seconds that a run may take of which nobody can tell how long it takes. */
const usualSeconds = 60

/**
 * A runtime of which each graph is loaded and runs in a process of its own, for 60 seconds at a time, or as many as the environment
 * variable HEADSTART_RUN_SECONDS says, and on Linux in half of the machine's memory. onnxruntime holds the thread while it runs, and its binding for Node has nothing that ends a run; a loop in a graph
 * can go on forever. A process can be ended: by a signal, by its time, and with this one. In a bundle, and in Bun, Deno and Electron,
 * graphs run here all the same.
 * @param most Seconds in place of 60.
 */
export function apart(runtime: Runtime, most = usualSeconds): Runtime {
  const address = runtimeAddress()
  if (address === undefined) return runtime
  return {
    ...runtime,
    async load(model, options) {
      let child: ChildProcess | undefined
      const end = (): void => {
        child?.kill('SIGKILL')
        child = undefined
      }
      const start = async (): Promise<ValueInfo[]> => {
        child = started()
        return (await ask(child, { address, model, options })) as ValueInfo[]
      }
      let last: Promise<unknown> = Promise.resolve()
      /** Has the process do something, one thing after the other, which is ended by the signal and by its time. */
      const inTurn = <T>(what: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
        const result = last.then(() => inTime(what, signal))
        last = result.catch(() => undefined)
        return result
      }
      const inTime = async <T>(what: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
        signal?.throwIfAborted()
        signal?.addEventListener('abort', end, { once: true })
        const seconds = Number.parseFloat(process.env['HEADSTART_RUN_SECONDS'] ?? '') || most
        let isLate = false
        const late = setTimeout(() => {
          isLate = true
          end()
        }, 1000 * seconds)
        try {
          return await what()
        } catch (error) {
          signal?.throwIfAborted()
          if (isLate) throw new TypeError(tooLong(seconds), { cause: error })
          throw error
        } finally {
          clearTimeout(late)
          signal?.removeEventListener('abort', end)
        }
      }
      const outputs = await inTurn(start).catch((error: unknown) => {
        end()
        throw error
      })
      return {
        outputs,
        run: (feeds, names, signal) =>
          inTurn(async () => {
            if (!child?.connected) await start()
            return (await ask(child as ChildProcess, { feeds, outputs: names })) as Record<string, Tensor>
          }, signal),
        release: async () => end(),
      }
    },
  }
}

function tooLong(seconds: number): string {
  return (
    `it took more than ${seconds} s, which is the most for a graph that could go on for ever; ` +
    'where that is its work, set the environment variable HEADSTART_RUN_SECONDS to more'
  )
}

function started(): ChildProcess {
  const node = [process.execPath, '--input-type=module', '--eval', work]
  // What a process may allocate (RLIMIT_DATA, in KiB): beyond it an allocation fails, where the system would end some process.
  const limited = ['/bin/sh', '-c', `ulimit -d ${Math.floor(memoryHere() / 2048)} 2>&-; exec "$0" "$@"`, ...node]
  const [program = '', ...args] = process.platform === 'linux' ? limited : node
  const child = spawn(program, args, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  // It keeps nobody alive who is not waiting for it.
  child.unref()
  return child
}

/** @throws TypeError with what went wrong there. */
async function ask(child: ChildProcess, message: object): Promise<unknown> {
  // Whichever of them does not come is not waited for any longer.
  const answered = new AbortController()
  const { signal } = answered
  child.channel?.ref()
  try {
    const ended = once(child, 'exit', { signal }).then(() => [
      { problem: 'its process ended, as one does that lacks memory' },
    ])
    const first = Promise.race([once(child, 'message', { signal }), ended])
    child.send(message)
    const [answer] = (await first) as [{ value?: unknown; problem?: string }]
    if (answer.problem !== undefined) throw new TypeError(answer.problem)
    return answer.value
  } finally {
    answered.abort()
    child.channel?.unref()
  }
}
