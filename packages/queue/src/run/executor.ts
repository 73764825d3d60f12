import type { RunOptions } from '@headstart/core'
import type { Plan, Receipt, Shard } from '../contract/plan.js'
import type { Work } from '../contract/work.js'

/** What is to be done of a run. */
export interface Assignment {
  readonly plan: Plan
  readonly work: Work
  /** Folder of the run. */
  readonly out: string
  /** Those without a receipt. */
  readonly missing: readonly Shard[]
  /** Told of each receipt that is there. */
  readonly onDone: (receipt: Receipt, workers: number) => void
}

/** Does the missing shards of a run, or has others do them. Where its signal is aborted it ends what is begun, and begins no more. */
export type Executor = (assignment: Assignment, options: RunOptions) => Promise<void>

/** Tries of a shard that fails; then it is set aside. */
export const tries = 3

/** The receipt of a shard that was set aside. */
export function setAside({ id }: Plan, { index, rows }: Shard, cause: unknown): Receipt {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return { run: id, index, rows, poisoned: [], setAside: reason }
}
