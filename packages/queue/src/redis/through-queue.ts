import { setTimeout as wait } from 'node:timers/promises'
import type { Queue as BullQueue } from 'bullmq'
import type { Plan, Shard } from '../contract/plan.js'
import { readDone, receiptsIn, writeReceipt } from '../folder/run-folder.js'
import { type Assignment, type Executor, setAside, tries } from '../run/executor.js'
import type { ShardJob } from '../run/own-shards.js'
import { connectRedis, factsOf, queueName } from './connect.js'

/** Milliseconds between two looks into the folder of a run, at its end, when each worker has its last shard, and into the queue. */
const [betweenLooks, atTheEnd, betweenCounts] = [250, 50, 2000]
/** Milliseconds without any worker after which this is said. */
const lonely = 10_000

/**
 * Hands shards out through BullMQ, on the Redis at an address, to all that `takeShards` there (on the command line: `headstart
 * worker`), on any number of machines that reach the folder of the run. What is done is what has a receipt in that folder: a queue that
 * forgot its shards is told them again.
 * @throws QueueError where no Redis answers.
 */
export function throughQueue(address: string): Executor {
  return async (assignment, options) => {
    const { plan, out, missing } = assignment
    const notice = (message: string): void => options.onEvent?.({ type: 'notice', message })
    const connection = await connectRedis(address)
    // Who has no queue does not wait for it.
    const { Queue } = await import('bullmq')
    const queue = new Queue<ShardJob>(queueName, { connection: connection as never })
    queue.on('error', () => {})
    try {
      if (!(await factsOf(connection)).keeps) {
        notice(
          'Redis keeps no append-only file: where it is restarted, its shards are handed out anew. (redis-server --appendonly yes)',
        )
      }
      await handOut(queue, plan, out, missing)
      await watch(queue, assignment, notice, options.signal)
    } finally {
      await soon(queue.close())
      connection.disconnect()
    }
  }
}

function jobOf({ id }: Plan, { index }: Pick<Shard, 'index'>): string {
  return `${id}-${index}`
}

/** Puts shards into the queue; one that is in it already stays. */
async function handOut(queue: BullQueue<ShardJob>, plan: Plan, out: string, shards: readonly Shard[]): Promise<void> {
  for (let first = 0; first < shards.length; first += 500) {
    const some = shards.slice(first, first + 500)
    await queue.addBulk(
      some.map(({ index }) => ({
        name: plan.work.kind,
        data: { run: plan.id, out, index },
        opts: { jobId: jobOf(plan, { index }), attempts: tries, removeOnComplete: true },
      })),
    )
  }
}

/** Sees shards being done, until all are, or the signal says that no more are to be begun. */
async function watch(
  queue: BullQueue<ShardJob>,
  { plan, out, missing, onDone }: Assignment,
  notice: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const left = new Map(missing.map((shard) => [shard.index, shard]))
  let [counted, workers, alone, saidAlone] = [0, 0, performance.now(), false]
  while (left.size > 0) {
    for (const index of await receiptsIn(out)) {
      const found = left.has(index) ? await readDone(out, plan.id, index) : undefined
      if (!found) continue
      left.delete(index)
      onDone(found, workers)
    }
    if (left.size === 0) return
    if (signal?.aborted) return void (await soon(withdraw(queue, plan, [...left.values()])))
    if (performance.now() - counted > betweenCounts) {
      counted = performance.now()
      // While Redis is away this is left out: the folder tells what is done.
      workers = (await soon(queue.getWorkersCount())) ?? workers
      if (workers > 0) alone = performance.now()
      else if (!saidAlone && performance.now() - alone > lonely) {
        saidAlone = true
        notice('no worker takes shards. Start some: headstart worker --queue ADDRESS')
      }
      await soon(lookAfter(queue, plan, out, [...left.values()]))
    }
    await wait(left.size <= workers ? atTheEnd : betweenLooks, undefined, { signal }).catch(() => {})
  }
}

/** Sets aside what failed for good, and hands out again what the queue does not know. */
async function lookAfter(queue: BullQueue<ShardJob>, plan: Plan, out: string, left: readonly Shard[]): Promise<void> {
  const known = new Map(left.map((shard) => [jobOf(plan, shard), shard]))
  for (const job of await queue.getFailed(0, -1)) {
    const shard = known.get(job.id ?? '')
    if (!shard) continue
    await writeReceipt(out, setAside(plan, shard, new Error(job.failedReason)))
    await job.remove()
  }
  const {
    waiting = 0,
    active = 0,
    delayed = 0,
    prioritized = 0,
  } = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized')
  // Of all runs together: with fewer than are left some are lost.
  if (waiting + active + delayed + prioritized >= left.length) return
  const missing: Shard[] = []
  for (const shard of left) {
    if ((await queue.getJobState(jobOf(plan, shard))) !== 'unknown') continue
    if (!(await readDone(out, plan.id, shard.index))) missing.push(shard)
  }
  await handOut(queue, plan, out, missing)
}

/** Takes back what nobody has begun. */
async function withdraw(queue: BullQueue<ShardJob>, plan: Plan, left: readonly Shard[]): Promise<void> {
  // One that a worker has is locked, and ends.
  for (const shard of left) await queue.remove(jobOf(plan, shard)).catch(() => {})
}

/** What comes in a moment; undefined where it does not, since Redis is away. */
async function soon<T>(coming: Promise<T>): Promise<T | undefined> {
  const late = new AbortController()
  const failed = (): undefined => undefined
  const limit = wait(betweenCounts, undefined, { signal: late.signal }).catch(failed)
  return Promise.race([coming.catch(failed), limit]).finally(() => late.abort())
}
