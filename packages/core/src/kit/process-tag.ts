import { createHash } from 'node:crypto'
import { hostname } from 'node:os'

/** This machine, in a few characters that a file's name can have. Containers have names of their own. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)

/** This process, as files that it leaves behind are named: `MACHINE-PID`. */
export const processTag = `${machine}-${process.pid}`

/** Whether the process of a tag runs; undefined where that cannot be known: it is of another machine, or no tag. */
export function isRunning(tag: string): boolean | undefined {
  const [, where, pid] = /^([0-9a-f]{8})-(\d+)$/.exec(tag) ?? []
  if (where !== machine) return undefined
  try {
    process.kill(Number(pid), 0)
    return true
  } catch (error) {
    // It may be another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
