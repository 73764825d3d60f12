import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readers } from './readers.js'
import { type Extent, type Row, shareOf } from './table.js'

/** Milliseconds of work after which every input is read or refused. */
const longest = 2000

interface Message {
  readonly reader: string
  readonly number: number
  readonly begun?: boolean
  readonly refused?: boolean
  /** Milliseconds of work. */
  readonly busy?: number
  readonly foreign?: string
}

/**
 * Damaged inputs for every reader: each is read, or refused by an error of ours, in two seconds. All in a process of their own; where
 * one of them ends it, or hangs, another process goes on behind it.
 */
export async function fuzz(extent: Extent, names = readers.map(({ name }) => name)): Promise<Row[]> {
  const count = shareOf(Math.ceil(10_000 / readers.length), extent)
  const of = new Map(names.map((name) => [name, { wrong: [] as string[], refused: 0, slowest: 0 }]))
  let next: { reader: string; number: number } | undefined = { reader: names[0] as string, number: 0 }
  while (next) {
    const { reader, number } = next
    const args = [extent.folder, String(extent.seed), JSON.stringify([reader, number, count]), JSON.stringify(names)]
    const child = fork(fileURLToPath(new URL('fuzz-child.ts', import.meta.url)), args, {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, HEADSTART_SPIN: '0', HEADSTART_CACHE: join(extent.folder, 'cache') },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    let begun: { readonly message: Message; readonly at: number } | undefined
    let hangs = false
    // What hangs does so for longer than a machine with other work takes for the slowest input.
    const watch = setInterval(() => {
      if (!begun || performance.now() - begun.at < 10 * longest) return
      hangs = true
      child.kill('SIGKILL')
    }, 100)
    child.on('message', (message: Message) => {
      const row = of.get(message.reader)
      if (!row) return
      if (message.foreign !== undefined) row.wrong.push(`input ${message.number}: ${message.foreign}`)
      if (message.begun) begun = { message, at: performance.now() }
      else if (begun && message.number >= 0) {
        row.slowest = Math.max(row.slowest, message.busy ?? 0)
        begun = undefined
        if (message.refused) row.refused++
      }
    })
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    clearInterval(watch)
    if (code !== 0 && !begun) throw new TypeError(`the fuzzer itself failed (${signal ?? code})`)
    if (begun) {
      const { reader: last, number: at } = begun.message
      of.get(last)?.wrong.push(`input ${at}: ${hangs ? 'hangs' : `ends the process (${signal ?? code})`}`)
      next = at + 1 < count ? { reader: last, number: at + 1 } : after(names, last)
    } else next = undefined
  }
  return [...of].map(([name, { wrong, refused, slowest }]) => ({
    what: `fuzz, ${name}`,
    done: count,
    wrong: slowest > longest ? [...wrong, `an input takes ${(slowest / 1000).toFixed(1)} s`] : wrong,
    also: `${refused} refused; slowest ${slowest.toFixed(0)} ms`,
  }))
}

function after(names: readonly string[], name: string): { reader: string; number: number } | undefined {
  const reader = names[names.indexOf(name) + 1]
  return reader === undefined ? undefined : { reader, number: 0 }
}
