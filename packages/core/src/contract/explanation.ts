import type { InputPart } from './input-parts.js'
import type { Documented } from './shown.js'

/** A part of an input, and what it says for the answer. */
export type WeightedPart = InputPart & {
  /** How much higher the log-odds of the answer are with it; of numbers the value. Negative where it says another. 0 where it is not read. */
  readonly weight: number
}

/**
 * How well the weights tell what the answer hangs on, from taking parts out in their order and seeing what becomes of the probability of the
 * answer (of numbers: the value, as a share of what all parts together change). `random` is the same for parts in random order.
 *
 * Texts: `comprehensiveness` is the mean drop without the weightiest 1, 5, 10, 20 and 50 % of the words, higher is better; `sufficiency` the
 * mean drop with them alone, lower is better (DeYoung et al., "ERASER", 2020, section 4.2). Pictures: `deletion` is the mean while
 * the weightiest parts are taken away one after another, lower is better; `insertion` while they are put in, higher is better (Petsiuk,
 * Das and Saenko, "RISE", 2018, section 4.3).
 */
export type Faithfulness = Measures & { readonly random: Measures }
export type Measures =
  | { readonly comprehensiveness: number; readonly sufficiency: number }
  | { readonly deletion: number; readonly insertion: number }

/** A training example that an answer is like, or hangs on. */
export interface ExampleOf {
  /** Its number among the examples that are kept, from 1. */
  readonly row: number
  /** A text itself, the path of a picture; undefined where it is neither. */
  readonly name?: string
  readonly label: string
  /** Cosine of its features with the input's, as seen from the mean of all. */
  readonly likeness: number
  /** How much higher the log-odds of the answer are for its having been learned from; null where that cannot be said. */
  readonly influence: number | null
}

/** Why a model answered as it did. */
export interface Explanation {
  /** The input, where it is text. */
  readonly input: string | null
  /** The answer that is explained: a class, a label, a number; an item of a shop. */
  readonly label: string | number
  /** How the weights were found. */
  readonly method: 'omission' | 'integrated gradients' | 'activation map' | 'occlusion' | 'history'
  readonly parts: readonly WeightedPart[]
  /** The nearest and the most influential; empty where the model keeps none. */
  readonly examples: readonly ExampleOf[]
  /** Null where it was not asked for, and where there is nothing to take out. */
  readonly faithfulness: Faithfulness | null
  /** What could not be said, and why. */
  readonly notes: readonly string[]
}

/** An explanation to be shown: its text, its JSON, its page, and the part of a page that it is among others. */
export interface ShownExplanation extends Explanation, Documented {
  section(): Promise<string>
  /** A picture of what the answer hangs on, as a PNG; undefined for texts. */
  overlay(): Promise<Uint8Array | undefined>
}
