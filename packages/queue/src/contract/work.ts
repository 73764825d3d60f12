import type { Asked, InputError, JsonObject, RunOptions } from '@headstart/core'
import * as z from 'zod'

/** Which work it is, as data, so that a worker on another machine opens the same. */
export const workSaid = z.object({
  /** 'embed': features of a network. 'ask': answers of a saved model. */
  kind: z.enum(['embed', 'ask']),
  /** Name of the task. */
  task: z.string(),
  /** Of 'ask' the folder of the model, of 'embed' the id of the network; its default where that is left out. */
  model: z.string().optional(),
  /** Options of reading, and of asking. */
  options: z.record(z.string(), z.json()),
  /** Of weights and preprocessing: a worker with others refuses. */
  fingerprint: z.string(),
  /** Version of Headstart. */
  version: z.string(),
})
export type WorkSaid = z.output<typeof workSaid>

/** What a row of a result has beside its number, by column. */
export type Cells = Readonly<Record<string, unknown>>

/** Work that is ready: a network or a model, loaded. */
export interface Work<Query = unknown> {
  readonly said: WorkSaid
  /** Whether the rows of a table mean the same where they stand in a file of their own. */
  readonly apart: boolean
  /** Queries that lie in a place, in order. */
  read(place: string, options: RunOptions): Promise<AsyncIterable<Asked<Query>>>
  /**
   * A row for each query, in their order: what came out, or why nothing did. What fails as a whole is thrown.
   * @returns Columns of a result; a `Uint8Array` stays as it is.
   */
  answer(asked: readonly Asked<Query>[], options: RunOptions): Promise<readonly (Cells | InputError)[]>
  close(): Promise<void>
}

/** Opens work on this machine, as it is said. What comes out has the fingerprint that this machine's files have. */
export type OpenWork = (said: Pick<WorkSaid, 'kind' | 'task' | 'model' | 'options'>, run: RunOptions) => Promise<Work>

/** Options as JSON has them: without what is undefined. */
export function plainOptions(options: object): JsonObject {
  return JSON.parse(JSON.stringify(options)) as JsonObject
}
