import { HeadstartError } from '@headstart/core'
import type { Receipt } from '../contract/plan.js'
import { writeReceipt } from '../folder/run-folder.js'
import { executeShard } from './execute-shard.js'
import { type Assignment, type Executor, setAside, tries } from './executor.js'

/** One shard after the other; networks use all cores by themselves. */
export const inThisProcess: Executor = async (assignment, options) => {
  for (const shard of assignment.missing) {
    if (options.signal?.aborted) return
    // Without the signal: what is begun is done.
    assignment.onDone(await tried(assignment, shard, { onEvent: options.onEvent }), 1)
  }
}

async function tried(
  { plan, work, out }: Assignment,
  shard: Assignment['missing'][number],
  options: Parameters<Executor>[1],
): Promise<Receipt> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await executeShard(plan, shard, work, out, options)
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
