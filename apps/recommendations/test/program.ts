import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'
import { recommenderLearners } from '@headstart/recommender'
import { vi } from 'vitest'
import { app } from '../src/app.js'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const env = { ...process.env, NO_COLOR: '1' }

export interface Ending {
  readonly stdout: string
  readonly stderr: string
  readonly code?: number
}

/**
 * Runs the app to its end, in this process, which takes a fraction of the time.
 * @param methods What it sets side by side. Default: all.
 */
export async function runHere(args: readonly string[], methods?: readonly string[]): Promise<Ending> {
  const output = { stdout: '', stderr: '' }
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: string) => void (output.stdout += `${line}\n`)),
    vi.spyOn(console, 'error').mockImplementation((line: string) => void (output.stderr += `${line}\n`)),
  ]
  try {
    const code = await app(
      args,
      recommenderLearners.filter(({ name }) => methods?.includes(name) ?? true),
    )
    return { code, stdout: stripVTControlCharacters(output.stdout), stderr: stripVTControlCharacters(output.stderr) }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

/** Runs the app to its end, as its users do: in a process of its own. */
export async function run(...args: string[]): Promise<Ending> {
  return promisify(execFile)(process.execPath, [main, ...args], { env }).catch((error: Ending) => error)
}

/** The app with --serve, and the address at which it serves. */
export async function serving(
  ...args: string[]
): Promise<{ readonly address: string; readonly program: ChildProcess }> {
  const program = spawn(process.execPath, [main, '--serve', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface(program.stdout)) {
    const address = /http:\S+/.exec(line)?.[0]
    if (address !== undefined) return { address, program }
  }
  throw new Error('The app ended without an address.')
}

/** A shop whose titles are markup: half of its users take tea things, the other half coffee things. */
export async function writeShop(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-shop-'))
  const shelves = [
    ['t1', 't2', 't3', 't4', 't5'],
    ['c1', 'c2', 'c3', 'c4', 'c5'],
  ]
  const interactions = Array.from({ length: 40 }, (_, user) =>
    // Each leaves out one of the five.
    (shelves[user % 2] ?? [])
      .filter((_, place) => place !== Math.floor(user / 2) % 5)
      .map((item, place) => `u${user},${item},${1_700_000_000 + user * 60 + place}`),
  )
  await writeFile(join(folder, 'interactions.csv'), ['user,item,timestamp', ...interactions.flat()].join('\n'))
  const items = shelves
    .flat()
    .map(
      (id) =>
        `${id},"<img src=x onerror=""document.title='broken'""> ${id}",${id.startsWith('t') ? 'tea' : 'coffee'} & more`,
    )
  await writeFile(join(folder, 'items.csv'), ['item,title,description', ...items].join('\n'))
  return folder
}
