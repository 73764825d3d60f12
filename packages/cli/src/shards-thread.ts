import { parentPort } from 'node:worker_threads'
import { doShardsOf } from '@headstart/queue'
import { opener } from './commands/sharded.js'
import type { TaskEntry } from './tasks.js'

/** What a thread of the program is for: shards of its run. */
export async function doShardsHere(tasks: readonly TaskEntry[]): Promise<void> {
  if (parentPort) await doShardsOf(parentPort, opener({ tasks }))
}
