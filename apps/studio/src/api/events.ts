import * as z from 'zod'
import { jobState } from './project.js'

/** What a page is told while it is open: every tab the same. */
export const studioEvent = z.discriminatedUnion('type', [
  /** The project is otherwise than it was: fetch it anew. First of all on connecting. */
  z.object({ type: z.literal('project'), revision: z.number() }),
  /** How far the job is. Several times a second at most. */
  z.object({ type: z.literal('job'), job: jobState }),
  /** For people. */
  z.object({ type: z.literal('notice'), message: z.string() }),
])
export type StudioEvent = z.output<typeof studioEvent>

/** What is said in the place of an answer, with status 400 to 599. */
export const problem = z.object({
  error: z.object({
    /** A whole sentence: who, what was expected, what came, what to do. */
    message: z.string(),
    kind: z.string(),
  }),
})
export type Problem = z.output<typeof problem>
