import * as z from 'zod'

/** What `headstart check` says, with examples in the place of row numbers. */
export const checkResult = z.object({
  /** Whether the data have changed since. */
  stale: z.boolean(),
  summary: z.string(),
  issues: z.array(
    z.object({
      /** 'wrong-label', 'duplicate', ... */
      kind: z.string(),
      title: z.string(),
      ids: z.array(z.string()),
      labels: z.array(z.string()),
      score: z.number(),
      advice: z.string(),
    }),
  ),
  /** Labels that look wrong, worst first, without those that somebody confirmed: a queue. */
  suspects: z.array(z.object({ id: z.string(), given: z.string(), likely: z.string(), score: z.number() })),
  notes: z.array(z.string()),
})
export type CheckResult = z.output<typeof checkResult>

/** These labels were looked at and are right: no suspects any more. `right` false takes that back. */
export const confirmLabels = z.object({
  ids: z.array(z.string()).min(1).max(10_000),
  right: z.boolean().default(true),
})
export type ConfirmLabels = z.input<typeof confirmLabels>

export const trainRequest = z.object({
  /** Names of `Project.methods`. Default: the usual one. */
  methods: z.array(z.string()).min(1).optional(),
  /** The method whose model is kept. Default: the first. */
  keep: z.string().optional(),
  /** Of `Project.networks`. Default: that of the last training, else the first. */
  network: z.string().optional(),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .optional(),
})
export type TrainRequest = z.input<typeof trainRequest>

/** How the last model did on the examples that were held out while it was judged. */
export const confusion = z.object({
  run: z.string(),
  labels: z.array(z.string()),
  /** Only cells that are not empty; the ids open by `ExamplesQuery.ids`. */
  cells: z.array(z.object({ given: z.string(), predicted: z.string(), ids: z.array(z.string()) })),
})
export type Confusion = z.output<typeof confusion>

/** Where labels are no single classes: the answers about held-out examples that were furthest off, the worst first. */
export const misses = z.object({
  run: z.string(),
  /** How many were asked about. */
  examples: z.number(),
  worst: z.array(z.object({ id: z.string(), given: z.string(), answered: z.string(), score: z.number() })),
})
export type Misses = z.output<typeof misses>

/** Points of the map. Arrays run side by side. */
export const map = z.object({
  revision: z.number(),
  ids: z.array(z.string()),
  /** Place in `labels`; -1 without a label. */
  label: z.array(z.number()),
  labels: z.array(z.string()),
  /** First two principal components, each scaled to -1..1. */
  x: z.array(z.number()),
  y: z.array(z.number()),
  /** Columns of `/api/look/components`: a little-endian float32 matrix `[ids, components]`, for UMAP in the page. */
  components: z.number(),
})
export type FeatureMap = z.output<typeof map>

/** What sliders show. Arrays run side by side, thresholds ascend. */
export const limits = z.object({
  run: z.string(),
  /** Answers surer than a threshold: the share that is refused, and the share of errors among the rest (null: all refused). */
  confidence: z.object({
    threshold: z.array(z.number()),
    refused: z.array(z.number()),
    risk: z.array(z.number().nullable()),
  }),
  /** Probability said against how often it was right, over bins that are not empty. */
  calibration: z.object({
    said: z.array(z.number()),
    right: z.array(z.number()),
    count: z.array(z.number()),
    /** Expected calibration error. */
    error: z.number(),
  }),
  /**
   * Of two classes: for each threshold on the probability of `label` how many of its examples are found (recall), and how many of the
   * found are right (precision). Null of more classes.
   */
  detection: z
    .object({
      label: z.string(),
      threshold: z.array(z.number()),
      precision: z.array(z.number().nullable()),
      recall: z.array(z.number()),
    })
    .nullable(),
  /**
   * "Don't know": for each familiarity below which an input is refused, the share of the held-out examples that it costs, and the share of
   * their errors that it saves. Null where the model does not know its limits.
   */
  familiarity: z
    .object({
      threshold: z.array(z.number()),
      refused: z.array(z.number()),
      errorsSaved: z.array(z.number()),
      /** What `predict` refuses by where it is asked to. */
      usual: z.number(),
    })
    .nullable(),
})
export type Limits = z.output<typeof limits>

/** What more labels would give. */
export const curve = z.object({
  stale: z.boolean(),
  measure: z.string(),
  points: z.array(
    z.object({ examples: z.number(), score: z.number(), interval: z.tuple([z.number(), z.number()]).nullable() }),
  ),
  /** 'About 60 labels more for two points.' */
  text: z.string(),
})
export type Curve = z.output<typeof curve>
