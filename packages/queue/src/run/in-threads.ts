import type { MessagePort, Worker } from 'node:worker_threads'
import { HeadstartError } from '@headstart/core'
import { QueueError } from '../contract/errors.js'
import type { Receipt } from '../contract/plan.js'
import type { OpenWork } from '../contract/work.js'
import { type Assignment, type Executor, tried } from './executor.js'
import { OwnShards, type ShardJob } from './own-shards.js'

/** What a thread says of a shard: what became of it, or why it failed, and whose fault that is. */
interface Said {
  readonly receipt?: Receipt | undefined
  readonly failed?: { readonly message: string; readonly environment?: readonly [string, string, string, string] }
}

/**
 * Threads of this process that each do one shard at a time, with a network of their own: no core waits while another reads or writes. Give
 * them one core each (`env: { ...process.env, HEADSTART_THREADS: '1' }` of the worker).
 * @param start Starts a thread that calls `doShardsOf`.
 * @throws QueueError where a thread ends by itself.
 */
export function inThreads(threads: number, start: () => Worker): Executor {
  return async (assignment, { signal }) => {
    // One for all of them.
    const left = assignment.missing.values()
    const started = Array.from({ length: Math.min(threads, assignment.missing.length) }, start)
    // Said where a shard waits for it.
    for (const thread of started) thread.on('error', () => {})
    let isOver = false
    const takeShards = async (thread: Worker): Promise<void> => {
      for (const shard of left) {
        if (signal?.aborted || isOver) return
        const job = { run: assignment.plan.id, out: assignment.out, index: shard.index }
        assignment.onDone(await tried(assignment, shard, () => doneBy(thread, job, assignment)), started.length)
      }
    }
    try {
      // Where one fails, the others end what is begun.
      const outcomes = await Promise.allSettled(
        started.map((thread) =>
          takeShards(thread).catch((cause: unknown) => {
            isOver = true
            throw cause
          }),
        ),
      )
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    } finally {
      await Promise.all(started.map(ended))
    }
  }
}

/** The thread's side: does what it is told of, until it is told that nothing is left. */
export async function doShardsOf(port: MessagePort, open: OpenWork): Promise<void> {
  const shards = new OwnShards(open)
  await new Promise<void>((resolve) => {
    port.on('message', (job: ShardJob | 'end') => {
      if (job === 'end') return resolve()
      shards.do(job).then(
        (receipt) => port.postMessage({ receipt } satisfies Said),
        (cause: unknown) => port.postMessage({ failed: said(cause) } satisfies Said),
      )
    })
  })
  await shards.close()
  port.close()
}

function said(cause: unknown): NonNullable<Said['failed']> {
  const message = cause instanceof Error ? cause.message : String(cause)
  if (!(cause instanceof HeadstartError) || cause.fault !== 'environment') return { message }
  return { message, environment: [cause.who, cause.expected, cause.got, cause.remedy] }
}

async function doneBy(thread: Worker, job: ShardJob, { out }: Assignment): Promise<Receipt> {
  const { receipt, failed } = await answerOf(thread, job)
  if (failed?.environment) throw new QueueError('environment', ...failed.environment)
  if (failed) throw new TypeError(failed.message)
  if (receipt) return receipt
  throw new QueueError('environment', out, 'the run that is under way', 'another', 'Leave its folder alone.')
}

function answerOf(thread: Worker, job: ShardJob): Promise<Said> {
  return new Promise((resolve, reject) => {
    const ends = (cause: unknown): void => {
      const remedy = 'Where memory is short take fewer threads. The same with resume goes on.'
      reject(new QueueError('environment', 'a thread', 'one that goes on', String(cause), remedy, { cause }))
    }
    const onMessage = (one: Said): void => {
      thread.off('error', ends).off('exit', ends)
      resolve(one)
    }
    if (thread.threadId === -1) return ends('one that has ended')
    thread.once('message', onMessage).once('error', ends).once('exit', ends)
    thread.postMessage(job, [])
  })
}

/** One that ended by itself has no exit to come. */
async function ended(thread: Worker): Promise<void> {
  if (thread.threadId === -1) return
  const exit = new Promise((resolve) => thread.once('exit', resolve))
  thread.postMessage('end', [])
  await exit
}
