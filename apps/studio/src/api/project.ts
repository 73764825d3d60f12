import * as z from 'zod'

/** What a label is: one class, any number of them (`a|b`; `[]` for none), a number, or a text that is written. */
export const labelKind = z.enum(['classification', 'multi-label', 'regression', 'text'])
export type LabelKind = z.output<typeof labelKind>

/** A kind of project that can be begun in an empty folder. */
export const projectKind = z.object({
  /** As in `--task`. */
  task: z.string(),
  /** 'texts in classes' */
  description: z.string(),
  /** What is brought: texts and pictures get labels; cards are chosen from. */
  brings: z.enum(['text', 'picture', 'card']),
  /** What labels can be, the usual first; one is no choice. */
  kinds: z.array(labelKind),
  /** Data that come with it: `createProject.sample` writes them. */
  sample: z.boolean(),
})
export type ProjectKind = z.output<typeof projectKind>

/** A kind of project, and how much of the files that were asked about is of use to it: 0 to 1. */
export const fitting = z.object({
  task: z.string(),
  fit: z.number(),
  /** What their labels can be by the look of them, the likeliest first. */
  kinds: z.array(labelKind),
})
export type Fitting = z.output<typeof fitting>

export const createProject = z.object({
  task: z.string(),
  /** Begins with the data that come with the task. Default: empty. */
  sample: z.boolean().optional(),
  /** Data that already lie in the folder, one of `Project.found`. Default: new files. */
  data: z.string().optional(),
  /** One of `ProjectKind.kinds`. Default: the first. */
  kind: labelKind.optional(),
})
export type CreateProject = z.input<typeof createProject>

/** How good a model or a method is, on examples that it did not learn from. */
export const score = z.object({
  /** 'accuracy', 'NDCG@10' */
  measure: z.string(),
  /** In the unit of the measure, of an error its negative: higher is better. */
  value: z.number(),
  /** 95 % interval. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  /** Examples that it was measured on. */
  examples: z.number(),
})
export type Score = z.output<typeof score>

/** A way of learning that the task has. */
export const method = z.object({
  /** 'frozen', 'fine-tuned', 'scratch'; of a shop 'item-knn', ... */
  name: z.string(),
  description: z.string(),
  takes: z.enum(['seconds', 'minutes']),
  /** Chosen where nobody chooses. */
  usual: z.boolean(),
  /** Whether its model can be kept; else it stands beside others alone. */
  keeps: z.boolean(),
})
export type Method = z.output<typeof method>

/** A pre-trained network to begin with. */
export const network = z.object({
  id: z.string(),
  description: z.string(),
  /** Number of weights of one that is fetched when it is first used; null for one that is built in. */
  fetched: z.number().nullable(),
})
export type Network = z.output<typeof network>

/** What was learned from which data, how good it is: a row of the table and an entry of the history. */
export const trainedMethod = z.object({
  name: z.string(),
  description: z.string(),
  /** Null where it failed; then `failed` says why. */
  score: score.nullable(),
  seconds: z.number(),
  failed: z.string().nullable(),
})
export type TrainedMethod = z.output<typeof trainedMethod>

/** One training, in the history. */
export const run = z.object({
  id: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** The method whose model was kept. */
  kept: z.string(),
  methods: z.array(trainedMethod),
  /** The network that they began with; null where there is none, or none was noted. */
  network: z.string().nullable().default(null),
  /** In words, a sentence each: whether what was known beforehand helped, for certain or not. */
  verdict: z.array(z.string()),
  /** Examples of each class that were learned from (of a shop: 'events', 'users', 'items'). */
  counts: z.record(z.string(), z.number()),
  /** What changed since the run before, in sentences: "12 examples more of spam". */
  changed: z.array(z.string()),
  seconds: z.number(),
})
export type Run = z.output<typeof run>

/** The model in the folder. */
export const modelState = z.object({
  /** The run that made it; null for a model that was trained elsewhere. */
  run: z.string().nullable(),
  /** What it is, in lines. */
  text: z.string(),
  labels: z.array(z.string()),
  score: score.nullable(),
  /** Whether the data have changed since. */
  stale: z.boolean(),
  /** What it can say beside its answer. */
  explains: z.boolean(),
})
export type ModelState = z.output<typeof modelState>

export const jobState = z.object({
  id: z.string(),
  kind: z.enum(['train', 'check', 'curve', 'compare', 'look', 'export']),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** What it is doing, for people: 'fine-tuned, epoch 3 of 8'. */
  doing: z.string(),
  /** Share that is done; null where nobody knows. */
  share: z.number().nullable(),
  seconds: z.number(),
  /** Why it failed. */
  error: z.string().nullable(),
  /** Notices on the way: what was left out, and why. */
  notices: z.array(z.string()),
  /** Points of the curves of a training, as they come. */
  points: z.array(
    z.object({
      method: z.string(),
      /** Number of the run, from 1 on: a tuning has one for each fold of its validation, and a last one on all examples. */
      run: z.number(),
      /** Epochs from the beginning of the run, with fractions; at most so many. */
      epoch: z.number(),
      epochs: z.number(),
      loss: z.number().nullable(),
      heldOutLoss: z.number().nullable(),
      heldOutScore: z.number().nullable(),
    }),
  ),
  /** Rows of the table that are ready. */
  methods: z.array(trainedMethod),
})
export type JobState = z.output<typeof jobState>

/** All that a page needs to begin. */
export const project = z.object({
  /** Path of the folder, for people. */
  folder: z.string(),
  /** Null: nothing is here yet; the page asks for the kind. */
  task: z.string().nullable(),
  brings: z.enum(['text', 'picture', 'card']).nullable(),
  /** Whether its model is talked to. */
  converses: z.boolean(),
  /** What such a project has beside examples: a check of them, a learning curve, a map, replies that are written for each label. */
  has: z.object({ check: z.boolean(), curve: z.boolean(), map: z.boolean(), replies: z.boolean() }),
  /** What a label is; null where there are none. */
  kind: labelKind.nullable(),
  /** What a label is called: 'label', 'translation'. */
  labelName: z.string(),
  /** Number that grows with each change of the data: what was fetched under another one is old. */
  revision: z.number(),
  /** Files of the project as `headstart train` reads them, relative to the folder. */
  files: z.object({ data: z.string(), unlabeled: z.string().nullable(), model: z.string() }).nullable(),
  /** Classes, in the order of their keys 1-9, with the number of their examples. */
  labels: z.array(z.object({ name: z.string(), count: z.number() })),
  /** Of a shop: total is its items, labeled its users, unlabeled 0. */
  counts: z.object({ total: z.number(), labeled: z.number(), unlabeled: z.number() }),
  /** What can be undone, in words: '"Great!" labeled positive'. */
  undo: z.string().nullable(),
  redo: z.string().nullable(),
  methods: z.array(method),
  /** To choose from, the usual first; empty where there is nothing to choose. */
  networks: z.array(network),
  model: modelState.nullable(),
  job: jobState.nullable(),
  /** Said beside everything: the folder cannot be written, the data file was changed by another program and read anew. */
  notices: z.array(z.string()),
  /** False where the folder cannot be written: look and try work, nothing else. */
  writable: z.boolean(),
  /** Of a folder without project: what can be begun, and data that lie in it already, what is of most use first. */
  kinds: z.array(projectKind),
  found: z.array(fitting.extend({ data: z.string() })),
})
export type Project = z.output<typeof project>
