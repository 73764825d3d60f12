import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { RunOptions } from '@headstart/core'
import { prepareToWrite, toFileError, withLock } from '@headstart/core/kit'
import { QueueError } from '../contract/errors.js'
import type { Manifest, Plan, Receipt } from '../contract/plan.js'
import type { Work } from '../contract/work.js'
import {
  hasPart,
  partsName,
  readPlan,
  readReceipt,
  receiptsIn,
  shardsName,
  taken,
  writeManifest,
  writePlan,
  manifestName,
} from '../folder/run-folder.js'
import { planRun } from '../plan/plan-run.js'
import type { Executor } from './executor.js'
import { inThisProcess } from './in-this-process.js'

/** Options of `runWork`. */
export interface RunWorkOptions extends RunOptions {
  /** Folder of the run: plan, results, manifest. */
  readonly out: string
  /** Goes on with the run that is there; shards that were set aside are tried again. Default `false`. */
  readonly resume?: boolean | undefined
  /** Rows of a shard. Default: 4096 of a table, 256 where rows are files. */
  readonly shardRows?: number | undefined
  /** Who does the shards. Default: this process, one after the other. */
  readonly executor?: Executor | undefined
}

/** How a run ended, or was ended. */
export interface Outcome {
  readonly plan: Plan
  /** Shards that have a receipt. */
  readonly done: number
  /** Undefined where it was interrupted. */
  readonly manifest?: Manifest
}

/**
 * Does some work for all queries of a place, in shards. What a process that was killed has done stays done. Where `signal` is aborted
 * shards that are begun are ended, no more are begun, and `resume` goes on.
 * @throws QueueError where the folder has another run, or this one and `resume` is not said; where another process works on it.
 */
export async function runWork(place: string, work: Work, options: RunWorkOptions): Promise<Outcome> {
  const out = resolve(options.out)
  await prepareToWrite(out, 'folder')
  for (const folder of [out, join(out, partsName), join(out, shardsName)]) {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw toFileError(error, out, 'write')
    })
  }
  return alone(out, async () => {
    const plan = (await planBefore(out, work, options)) ?? (await newPlan(place, work, out, options))
    return finish(plan, work, out, options)
  })
}

/** Does something while no other process works on the folder. */
async function alone<T>(out: string, work: () => Promise<T>): Promise<T> {
  const other = new AbortController()
  try {
    return await withLock(join(out, '.lock'), work, { signal: other.signal, onWait: () => other.abort() })
  } catch (cause) {
    if (!other.signal.aborted) throw cause
    const remedy = 'Wait for it, or choose another folder.'
    throw new QueueError('input', out, 'a folder that nobody works on', 'one with a run under way', remedy, { cause })
  }
}

async function newPlan(place: string, work: Work, out: string, options: RunWorkOptions): Promise<Plan> {
  const { signal, onEvent, shardRows } = options
  const plan = await planRun(place, work, out, { signal, onEvent, shardRows })
  await writePlan(out, plan)
  return plan
}

async function planBefore(out: string, { said }: Work, { resume }: RunWorkOptions): Promise<Plan | undefined> {
  const before = await readPlan(out)
  if (!before) return undefined
  if (!resume) throw taken(out)
  const differs = (['kind', 'task', 'version', 'fingerprint', 'options'] as const).find(
    (what) => JSON.stringify(before.work[what]) !== JSON.stringify(said[what]),
  )
  if (differs === undefined) return before
  const expected = `the ${differs} that the run was begun with`
  throw new QueueError('input', out, expected, 'another', 'Begin again, in another folder.')
}

async function finish(plan: Plan, work: Work, out: string, options: RunWorkOptions): Promise<Outcome> {
  const { signal, onEvent, executor = inThisProcess } = options
  const receipts = new Map<number, Receipt>()
  for (const index of await receiptsIn(out)) {
    const found = await readReceipt(out, plan.id, index)
    if (found && (await hasPart(out, found))) receipts.set(index, found)
    else await rm(join(out, shardsName, `${index}.json`), { force: true })
  }
  const rowsIn = (all: Iterable<Receipt>): number => [...all].reduce((sum, { rows }) => sum + rows, 0)
  const [before, started] = [rowsIn(receipts.values()), performance.now()]
  let done = before
  const onDone = (receipt: Receipt, workers: number): void => {
    if (receipts.has(receipt.index)) return
    receipts.set(receipt.index, receipt)
    done += receipt.rows
    const perSecond = (1000 * (done - before)) / (performance.now() - started)
    onEvent?.({ type: 'rows', done, total: plan.rows, perSecond, workers })
  }
  const missing = plan.shards.filter(({ index }) => !receipts.has(index))
  if (missing.length > 0) {
    // It is of fewer shards than there will be.
    await rm(join(out, manifestName), { force: true })
    await executor({ plan, work, out, missing, onDone }, { signal, onEvent })
  }
  if (receipts.size < plan.shards.length) return { plan, done: receipts.size }
  const inOrder = plan.shards.map(({ index }) => receipts.get(index) as Receipt)
  return { plan, done: receipts.size, manifest: await writeManifest(out, plan, inOrder) }
}
