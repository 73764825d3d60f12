import type { FolderFormat } from '@headstart/core/load'
import * as z from 'zod'
import { recommenderMethodNames } from '../contract/recommender-method.js'
import { splits } from '../shop/split-histories.js'
import { packedStateSchema } from './pack-states.js'

/** The numbers of all scorers. */
export const numbersName = 'numbers.bin'
/** The catalog: one item a line, as JSON. */
export const itemsName = 'items.jsonl'

const methodName = z.enum(recommenderMethodNames)
const settings = z.record(z.string(), z.json())

const manifestSchema = z.object({
  format: z.literal('headstart-recommender'),
  formatVersion: z.literal(1),
  task: z.literal('recommend'),
  recipe: z.object({
    method: methodName,
    settings,
    seed: z.number(),
    texts: z.string().nullable(),
    threshold: z.number().nullable(),
    minimum: z.number(),
    repeats: z.boolean().default(false),
    longestHistory: z.number().optional(),
    split: z.enum(splits).optional(),
  }),
  training: z.object({ users: z.number(), interactions: z.number(), items: z.number(), fingerprint: z.string() }),
  validation: z.array(z.object({ method: methodName, settings, ndcg: z.number().nullable() })),
  recommender: packedStateSchema,
  popular: packedStateSchema,
  /** What users did, where it is kept. */
  kept: packedStateSchema.optional(),
  since: z
    .object({ updates: z.number(), interactions: z.number(), items: z.number(), waiting: z.array(z.string()) })
    .optional(),
  /** SHA-256 of every other file in the folder. */
  files: z.record(z.string(), z.string()),
})

/** What `headstart.json` says of a recommender. */
export type RecommenderManifest = z.infer<typeof manifestSchema>

export const recommenderFormat: FolderFormat<RecommenderManifest> = {
  name: 'headstart-recommender',
  version: 1,
  schema: manifestSchema,
}
