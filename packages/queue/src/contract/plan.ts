import * as z from 'zod'
import { workSaid } from './work.js'

/** One piece of the work: bytes of its source. Never the inputs themselves. */
export const shard = z.object({
  index: z.int().min(0),
  /** Bytes of the source, from `start` to before `end`. */
  start: z.int().min(0),
  end: z.int().min(0),
  /** Number of its first row, from 0 on, and of rows. */
  first: z.int().min(0),
  rows: z.int().min(0),
  /** Of these bytes: a source that was changed since is refused. */
  sha256: z.string(),
})
export type Shard = z.output<typeof shard>

/**
 * All of a run, before its first row is computed: `plan.json` of its folder.
 */
export const plan = z.object({
  format: z.literal('headstart-run'),
  formatVersion: z.literal(1),
  /** A hash of all below: the same source, work and shards are the same run. */
  id: z.string(),
  work: workSaid,
  source: z.object({
    /** Path or address of what was given. */
    name: z.string(),
    /**
     * 'table': shards are bytes of the table itself. 'list': of `inputs.jsonl` in the folder of the run, in which its queries were
     * written one a line: of a folder of files, of a packed table, of what has to be read as a whole.
     */
    kind: z.enum(['table', 'list']),
    /** Bytes that stand before each shard of a table: its header. */
    header: z.int().min(0),
    /** Whether that header is itself a row, which is the first of the first shard alone. */
    headerIsRow: z.boolean(),
    /** How the name of a file with a shard of it must end: '.csv'. */
    ending: z.string(),
  }),
  rows: z.int().min(0),
  shards: z.array(shard),
})
export type Plan = z.output<typeof plan>

/** A row that could not be read, and why. */
export const poisonedRow = z.object({ row: z.int().min(0), reason: z.string() })

/** What became of a shard: `shards/INDEX.json` of the folder of a run. */
export const receipt = z.object({
  run: z.string(),
  index: z.int().min(0),
  rows: z.int().min(0),
  /** Name of the file in the folder `parts`, made of its content; undefined where the shard was set aside. */
  file: z
    .string()
    .regex(/^[\w-][\w.-]*$/, 'expected the name of a file')
    .optional(),
  sha256: z.string().optional(),
  bytes: z.int().min(0).optional(),
  poisoned: z.array(poisonedRow),
  /** Why it was set aside. */
  setAside: z.string().optional(),
})
export type Receipt = z.output<typeof receipt>

/** A finished run: `manifest.json` of its folder. */
export const manifest = z.object({
  format: z.literal('headstart-run'),
  formatVersion: z.literal(1),
  id: z.string(),
  work: workSaid,
  source: z.string(),
  rows: z.int().min(0),
  /** Rows that could not be read. */
  poisoned: z.int().min(0),
  shards: z.array(receipt.omit({ run: true })),
})
export type Manifest = z.output<typeof manifest>
