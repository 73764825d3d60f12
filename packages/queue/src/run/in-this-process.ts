import { executeShard } from './execute-shard.js'
import { type Executor, tried } from './executor.js'

/** One shard after the other; networks use all cores by themselves. */
export const inThisProcess: Executor = async (assignment, { signal, onEvent }) => {
  const { plan, work, out, missing, onDone } = assignment
  for (const shard of missing) {
    if (signal?.aborted) return
    // Without the signal: what is begun is done.
    onDone(await tried(assignment, shard, () => executeShard(plan, shard, work, out, { onEvent })), 1)
  }
}
