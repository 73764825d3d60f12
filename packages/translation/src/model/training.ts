import { z } from 'zod'

/** How a translator was adapted, as its folder notes it. */
export const trainingSchema = z.object({
  /** Id or folder of the translator that it was made from. */
  backbone: z.string(),
  /** Pairs that were learned from, those held out aside. */
  pairs: z.number(),
  /** Whether those held out were learned from as well in the end. */
  learnsAll: z.boolean().default(false),
  unfreeze: z.enum(['decoder', 'all']),
  lora: z.object({ rank: z.number(), alpha: z.number() }).nullable(),
  learningRate: z.number(),
  batchSize: z.number(),
  labelSmoothing: z.number(),
  seed: z.number(),
  /** Epochs whose weights were kept. */
  epochs: z.number(),
  /** How far the weights were taken from those of before to the tuned ones, 0 to 1: as held-out pairs cost least. */
  share: z.number(),
  /** How it translates, by held-out pairs, where that is not as before: settings of `generation_config.json`. */
  generation: z.record(z.string(), z.number()).default({}),
  /** Number of weights that were trained. */
  trained: z.number(),
  /** Whether the tuned weights are better on held-out pairs. */
  kept: z.enum(['tuned', 'untouched']),
  /** Marks of the sources, where it learned from them: see `TrainedOn` of @headstart/core/kit. */
  trainedOn: z.base64().optional(),
  /** On pairs that were not learned from: loss per token, and chrF2 of greedy translations. */
  heldOut: z.object({
    pairs: z.number(),
    lossBefore: z.number(),
    lossAfter: z.number(),
    chrfBefore: z.number(),
    chrfAfter: z.number(),
  }),
  /** What became of the ability to translate other things; null where it could not be measured. */
  forgotten: z
    .object({
      by: z.enum(['pairs', 'own translations']),
      sentences: z.number(),
      before: z.number(),
      after: z.number(),
    })
    .nullable(),
})
export type Training = z.output<typeof trainingSchema>
