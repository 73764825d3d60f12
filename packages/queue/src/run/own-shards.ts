import { HeadstartError, type RunOptions } from '@headstart/core'
import { version } from '@headstart/core/kit'
import { QueueError } from '../contract/errors.js'
import type { Plan, Receipt } from '../contract/plan.js'
import type { OpenWork, Work, WorkSaid } from '../contract/work.js'
import { hasPart, readPlan, readReceipt } from '../folder/run-folder.js'
import { executeShard } from './execute-shard.js'

/** A shard of a run, as another process or thread is told of it. */
export interface ShardJob {
  readonly run: string
  /** Folder of the run, under a path that all machines reach it by. */
  readonly out: string
  readonly index: number
}

/** Runs whose work is kept open. */
const mostOpen = 2

/** Does shards of runs that others planned, with what lies on this machine: the work of a run is opened once. */
export class OwnShards {
  readonly #open: OpenWork
  readonly #onEvent: RunOptions['onEvent']
  readonly #works = new Map<string, Promise<Work>>()

  constructor(open: OpenWork, onEvent?: RunOptions['onEvent']) {
    this.#open = open
    this.#onEvent = onEvent
  }

  /**
   * @returns What became of it; undefined for a shard of a run that is not there any more.
   * @throws QueueError where what lies here is not what the run was planned with, and as `executeShard`.
   */
  async do({ run, out, index }: ShardJob): Promise<Receipt | undefined> {
    const plan = await readPlan(out)
    if (!plan) {
      const remedy = 'Mount the folder of the run here under the same path.'
      throw new QueueError('environment', out, 'the folder of a run', 'none', remedy)
    }
    // What was begun anew in that folder is of nobody any more.
    const shard = plan.id === run ? plan.shards[index] : undefined
    if (!shard) return undefined
    const before = await readReceipt(out, run, index)
    if (before && (await hasPart(out, before))) return before
    return executeShard(plan, shard, await this.#workOf(plan), out, { onEvent: this.#onEvent })
  }

  async close(): Promise<void> {
    for (const opening of this.#works.values()) await (await opening.catch(() => undefined))?.close()
    this.#works.clear()
  }

  async #workOf({ id, work: said }: Plan): Promise<Work> {
    const opening = this.#works.get(id) ?? this.#opened(said)
    // The one used last stands last.
    this.#works.delete(id)
    this.#works.set(id, opening)
    try {
      return await opening
    } catch (cause) {
      this.#works.delete(id)
      throw cause
    } finally {
      await this.#limit()
    }
  }

  async #opened(said: WorkSaid): Promise<Work> {
    if (said.version !== version) {
      const remedy = 'Install the same version on all machines.'
      throw new QueueError('environment', 'worker', `version ${said.version}, which the run is of`, version, remedy)
    }
    const work = await this.#open(said, { onEvent: this.#onEvent }).catch((cause: unknown) => {
      // Another machine may have it.
      if (!(cause instanceof HeadstartError)) throw cause
      throw new QueueError('environment', cause.who, cause.expected, cause.got, cause.remedy, { cause })
    })
    if (work.said.fingerprint === said.fingerprint) return work
    await work.close()
    const who = `worker, ${said.model ?? said.task}`
    const remedy = 'Copy the same model to all machines.'
    throw new QueueError('environment', who, `the fingerprint ${short(said)}`, short(work.said), remedy)
  }

  async #limit(): Promise<void> {
    const [oldest] = this.#works
    if (!oldest || this.#works.size <= mostOpen) return
    this.#works.delete(oldest[0])
    await (await oldest[1].catch(() => undefined))?.close()
  }
}

/** Enough of it to be told apart. */
function short({ fingerprint }: WorkSaid): string {
  return `${fingerprint.split('/').at(-1)?.slice(0, 12)}…`
}
