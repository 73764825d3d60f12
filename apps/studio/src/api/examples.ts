import * as z from 'zod'

/** How an example is shown. */
export const shownAs = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  /** Its picture is at `picture(id)`; `name` is its file, for people. */
  z.object({ type: z.literal('picture'), name: z.string() }),
  z.object({
    type: z.literal('card'),
    title: z.string(),
    /** What else is known of it: 'category', 'price'. */
    details: z.record(z.string(), z.string()),
  }),
])
export type ShownAs = z.output<typeof shownAs>

export const example = z.object({
  /** The same after a reload, and whatever its label. */
  id: z.string(),
  label: z.string().nullable(),
  shown: shownAs,
})
export type Example = z.output<typeof example>

export const examplesQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** Only those with this label. */
  label: z.string().optional(),
  only: z.enum(['labeled', 'unlabeled']).optional(),
  /** Only those whose text, name or title has this in it. */
  search: z.string().max(200).optional(),
  /** Only these, in this order, separated by commas: the examples of a cell. */
  ids: z.string().optional(),
})
export type ExamplesQuery = z.input<typeof examplesQuery>

export const examplesPage = z.object({
  revision: z.number(),
  /** How many there are in all that match. */
  total: z.number(),
  examples: z.array(example),
})
export type ExamplesPage = z.output<typeof examplesPage>

/** What is typed or pasted. */
export const addRows = z.object({
  rows: z
    .array(z.object({ text: z.string().min(1).max(1_000_000), label: z.string().nullable().optional() }))
    .min(1)
    .max(100_000),
})
export type AddRows = z.input<typeof addRows>

export const added = z.object({
  revision: z.number(),
  added: z.number(),
  /** Of these the first thousand. */
  ids: z.array(z.string()),
  /** What was there already. */
  doubles: z.number(),
  /** What could not be taken, and why, in whole sentences. */
  refused: z.array(z.object({ name: z.string(), message: z.string() })),
})
export type Added = z.output<typeof added>

/** Label null: back to those without one. */
export const setLabels = z.object({
  changes: z
    .array(z.object({ id: z.string(), label: z.string().min(1).max(100_000).nullable() }))
    .min(1)
    .max(100_000),
})
export type SetLabels = z.input<typeof setLabels>

export const removeExamples = z.object({ ids: z.array(z.string()).min(1).max(100_000) })
export type RemoveExamples = z.input<typeof removeExamples>

/** To a name that exists: the two become one. */
export const renameLabel = z.object({ from: z.string(), to: z.string().min(1).max(200) })
export type RenameLabel = z.input<typeof renameLabel>

/** What is said to the examples of a label; of several one is said. */
export const replies = z.object({ label: z.string().min(1).max(200), texts: z.array(z.string().max(10_000)).max(100) })
export type Replies = z.output<typeof replies>

/** Somebody took these items of a shop. */
export const recordChoices = z.object({
  user: z.string().min(1).max(200),
  items: z.array(z.string()).min(1).max(1000),
})
export type RecordChoices = z.input<typeof recordChoices>

/** What became of a change. */
export const changed = z.object({
  revision: z.number(),
  /** Examples that were changed. */
  changed: z.number(),
  /** Ids that are not there any more: another tab, or another program, took them away. */
  missing: z.array(z.string()),
  undo: z.string().nullable(),
  redo: z.string().nullable(),
})
export type Changed = z.output<typeof changed>

/** What to label next, with what the model makes of it. */
export const proposal = z.object({
  example,
  /** Null while there is no model. */
  guess: z.object({ label: z.string(), probability: z.number().nullable() }).nullable(),
  /** Why this one, for people. */
  why: z.string(),
})
export type Proposal = z.output<typeof proposal>

export const proposals = z.object({ revision: z.number(), left: z.number(), proposals: z.array(proposal) })
export type Proposals = z.output<typeof proposals>
