import { HeadstartError, type RunOptions } from '@headstart/core'
import type { Plan, Receipt, Shard } from '../contract/plan.js'
import type { Work } from '../contract/work.js'
import { writeReceipt } from '../folder/run-folder.js'

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

/** What becomes of a shard that is tried until it is done, or set aside. */
export async function tried(
  { plan, out }: Assignment,
  shard: Shard,
  execute: () => Promise<Receipt>,
): Promise<Receipt> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await execute()
    } catch (cause) {
      // A full disk is no fault of the shard.
      if (cause instanceof HeadstartError && cause.fault === 'environment') throw cause
      if (attempt < tries) continue
      const aside = setAside(plan, shard, cause)
      await writeReceipt(out, aside)
      return aside
    }
  }
}
