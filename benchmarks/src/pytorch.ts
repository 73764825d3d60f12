import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process that runs training steps in PyTorch, one when asked. */
export interface PyTorch {
  /** Milliseconds of one step of a network. */
  step(network: string): Promise<number>
  close(): void
}

/** Starts it, where a Python with PyTorch is installed. */
export async function startPyTorch(): Promise<PyTorch | undefined> {
  const pythons = [process.env['PYTHON'], 'python3', '/usr/bin/python3'].filter((name) => name !== undefined)
  const python = pythons.find((name) => spawnSync(name, ['-c', 'import torch']).status === 0)
  if (python === undefined) return undefined
  const script = fileURLToPath(new URL('pytorch-steps.py', import.meta.url))
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  await lines.next()
  return {
    async step(network) {
      child.stdin.write(`${network}\n`)
      return Number((await lines.next()).value)
    },
    close: () => child.stdin.end(),
  }
}
