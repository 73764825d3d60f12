import * as z from 'zod'
import type { JsonValue } from '../contract/backbone.js'
import { type HeadName, headMethodNames } from '../head/head-method-names.js'

/** How a model came to be: enough to train it again. Beside the fields it has the options of its training. */
export type Recipe = RecipeFields & { readonly [option: string]: JsonValue }

/** Of every recipe. */
interface RecipeFields {
  /**
   * 'head': everything frozen but the head. 'joint' or 'contrastive': the last stages of the backbone were tuned as well (see
   * `TuningOptions`), with the options that are listed beside. 'zero-shot': made from the names of the classes, without
   * examples.
   */
  readonly strategy: 'head' | 'joint' | 'contrastive' | 'zero-shot'
  /**
   * What stands on the features, where the head alone was trained: 'linear' where it is left out. What a head chose on
   * held-out examples is listed beside: `scale` of prototypes, number of `neighbors`.
   */
  readonly head?: HeadName
  readonly seed: number
  /** Strength of the L2 penalty; 0 for heads without. */
  readonly l2: number
  /** Folds of the cross-validation by which the head was chosen; 0 where `l2` was given. */
  readonly folds: number
  readonly classWeight: 'none' | 'balanced' | Readonly<Record<string, number>>
  /** What stands beside the network, by name, and how much each counts there. Left out where nothing does. */
  readonly knowledge?: Readonly<Record<string, number>>
  /** What classes are called, where that is not what they are labeled. */
  readonly names?: Readonly<Record<string, string>>
  /**
   * What could stand beside the network, by name: chosen among when a model that keeps its examples learns again. Left out where
   * nothing could.
   */
  readonly offered?: readonly string[]
}

/** A recipe in `headstart.json`. */
export const recipeSchema: z.ZodType<Recipe> = z
  .object({
    strategy: z.enum(['head', 'joint', 'contrastive', 'zero-shot']),
    head: z.enum(headMethodNames).exactOptional(),
    seed: z.number(),
    l2: z.number(),
    folds: z.number(),
    classWeight: z.union([z.enum(['none', 'balanced']), z.record(z.string(), z.number())]).default('none'),
    knowledge: z.record(z.string(), z.number()).exactOptional(),
    names: z.record(z.string(), z.string()).exactOptional(),
    offered: z.array(z.string()).exactOptional(),
  })
  .catchall(z.json())

/**
 * Which part of the network was tuned, in words: 'the last 2 of its 4 stages'. Undefined where it stayed frozen.
 * @param stages Number of those of the network.
 */
export function describeTuning({ strategy, unfreeze }: Recipe, stages: number): string | undefined {
  if (strategy !== 'joint' && strategy !== 'contrastive') return undefined
  if (typeof unfreeze !== 'number' || unfreeze >= stages) return 'all of the network'
  return `the last ${unfreeze === 1 ? '' : `${unfreeze} `}of its ${stages} stages`
}

/** What stands beside the network, in words: 'polarity-en, words and class names'. Undefined where nothing does. */
export function describeKnowledge({ knowledge = {} }: Recipe): string | undefined {
  const names = Object.keys(knowledge)
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names[0]
}
