import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Tensor } from '../graph/tensor.js'
import type { LoadOptions, Runtime } from './runtime.js'

/** What the process does: loads the graph that it is sent, runs it on what it is sent. */
const work = `
  let graph
  process.on('disconnect', () => process.exit())
  process.on('message', async ({ address, model, options, feeds, outputs }) => {
    try {
      if (model) {
        const { defaultRuntime } = await import(address)
        graph = await (await defaultRuntime()).load(model, options)
        process.send({})
      } else process.send({ value: await graph.run(feeds, outputs) })
    } catch (error) {
      process.send({ problem: String(error?.message ?? error) })
    }
  })
`

/**
 * A runtime of which each graph runs in a process of its own. onnxruntime holds the thread while it runs, and its binding for Node
 * has nothing that ends a run; a loop in a graph can go on forever. A process can be ended: by a signal, and with this one. In a
 * bundle, and in Bun, Deno and Electron, graphs run here all the same.
 */
export function apart(runtime: Runtime): Runtime {
  const address = ownAddress()
  if (address === undefined) return runtime
  return {
    ...runtime,
    async load(model, options) {
      // Here, once: what is wrong with it is said as ever.
      const { outputs, release } = await runtime.load(model, options)
      await release()
      let child: ChildProcess | undefined
      const end = (): void => {
        child?.kill('SIGKILL')
        child = undefined
      }
      return {
        outputs,
        async run(feeds, names, signal) {
          signal?.throwIfAborted()
          signal?.addEventListener('abort', end, { once: true })
          try {
            child ??= await started(address, model, options)
            return (await ask(child, { feeds, outputs: names })) as Record<string, Tensor>
          } catch (error) {
            signal?.throwIfAborted()
            throw error
          } finally {
            signal?.removeEventListener('abort', end)
          }
        },
        release: async () => end(),
      }
    },
  }
}

/** Where the process finds a runtime; undefined in a bundle, and where what runs this program is not Node. */
function ownAddress(): string | undefined {
  if (['bun', 'deno', 'electron'].some((other) => other in process.versions)) return undefined
  try {
    return import.meta.resolve('@headstart/onnx/kit')
  } catch {
    return undefined
  }
}

async function started(address: string, model: Uint8Array, options: LoadOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', work], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // It keeps nobody alive who is not waiting for it.
  child.unref()
  await ask(child, { address, model, options })
  return child
}

/** @throws Error with what went wrong there. */
async function ask(child: ChildProcess, message: object): Promise<unknown> {
  child.channel?.ref()
  child.send(message)
  try {
    const ended = once(child, 'exit').then(() => [{ problem: 'its process ended' }])
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [{ value?: unknown; problem?: string }]
    if (answer.problem !== undefined) throw new TypeError(answer.problem)
    return answer.value
  } finally {
    child.channel?.unref()
  }
}
