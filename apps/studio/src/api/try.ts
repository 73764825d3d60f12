import * as z from 'zod'

/** What is asked: as JSON of the task (a text; `{ base64 }` of a picture; `{ history, k, diversity, ... }` of a shop), or an example. */
export const question = z.object({
  query: z.unknown().optional(),
  /** An example of the project, in the place of a query. */
  id: z.string().optional(),
  /** Whether inputs that are unlike all examples are refused: `answer.known`. */
  unknown: z.boolean().optional(),
  /** Methods of the last training that answer, side by side. Default: the model in the folder. */
  methods: z.array(z.string()).optional(),
})
export type Question = z.input<typeof question>

/** An answer, of whatever kind. */
export const answer = z.looseObject({
  label: z.string().nullable().optional(),
  probability: z.number().optional(),
  /** Of several classes. */
  labels: z.array(z.string()).optional(),
  /** Of a number, with where it probably lies. */
  value: z.number().optional(),
  interval: z.tuple([z.number(), z.number()]).optional(),
  probabilities: z.record(z.string(), z.number()).optional(),
  /** Where `unknown` was asked for. */
  known: z.boolean().optional(),
  familiarity: z.number().optional(),
  nearest: z.string().nullable().optional(),
  /** What of it should be looked at. */
  problems: z.array(z.string()).optional(),
  /** What is said to it, where that is more than its label. */
  reply: z.string().optional(),
  /** Of a shop. */
  recommendations: z
    .array(
      z.object({
        item: z.string(),
        title: z.string().nullable(),
        score: z.number(),
        because: z
          .array(z.object({ item: z.string(), title: z.string().nullable(), drop: z.number(), place: z.number() }))
          .optional(),
      }),
    )
    .optional(),
})
export type Answer = z.output<typeof answer>

export const answered = z.object({
  /** One for each method that was asked; one, '', of the model in the folder. */
  answers: z.array(z.object({ method: z.string(), answer, said: z.string() })),
  milliseconds: z.number(),
})
export type Answered = z.output<typeof answered>

export const explained = z.object({
  label: z.string(),
  method: z.string(),
  /** Words of a text in order, together the text; rectangles of a picture, in its pixels. Weights: for the answer above 0. */
  parts: z.array(
    z.object({
      text: z.string().optional(),
      box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }).optional(),
      weight: z.number(),
    }),
  ),
  /** The picture with its heat map: a data: URL of a PNG. Null for texts. */
  overlay: z.string().nullable(),
  /** The nearest of the labeled examples, with the cosine of their features. */
  nearest: z.array(z.object({ id: z.string(), label: z.string(), likeness: z.number() })),
  notes: z.array(z.string()),
})
export type Explained = z.output<typeof explained>

/** What is taken away. */
export const takeAway = z.object({
  /** Whole paths, for people. */
  model: z.string(),
  formats: z.array(z.object({ name: z.string(), description: z.string(), ending: z.string().nullable() })),
  /** The lines of TypeScript that load it. */
  typescript: z.string(),
  /** The commands that ask it and that serve it. */
  ask: z.string(),
  serve: z.string(),
  /** The command that asks it over HTTP while the studio is open. */
  request: z.string(),
})
export type TakeAway = z.output<typeof takeAway>

export const exportRequest = z.object({ format: z.string() })
export type ExportRequest = z.input<typeof exportRequest>

export const exported = z.object({ path: z.string() })
export type Exported = z.output<typeof exported>
