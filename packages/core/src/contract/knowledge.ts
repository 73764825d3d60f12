import type { Backbone, JsonObject, TunableBackbone } from './backbone.js'

/**
 * Something that is known of inputs beside what a network says of them. Held-out examples choose how much it counts, if at all
 * (see `withKnowledge`).
 */
export type Knowledge<Input = unknown> = ColumnKnowledge<Input> | ExampleKnowledge<Input> | NetworkKnowledge<Input>

/** What is known of any knowledge. */
interface Described {
  /** For people, and in recipes: 'words', 'polarity-en', 'class names'. */
  readonly name: string
  /**
   * How doubtful it is that it is of use, in nats, before any example is seen: so much more must held-out examples gain by it. Below 0
   * where it is taken unless they speak against it. Default 0.
   * @param labels Names of the classes or labels; none of numbers.
   */
  doubt?(labels: readonly string[]): number | Promise<number>
}

/** Columns beside the network's features, which they are scaled to. */
export interface ColumnKnowledge<Input = unknown> extends Described {
  /**
   * What there is to know of the inputs that are learned from, such as their words; nothing of their labels. Undefined where there
   * is nothing.
   * @param unlabelled More inputs of the kind, of which no labels are known.
   * @param most Columns that a head for as many labels can be solved on, and be saved with; the fewer the more labels there are.
   */
  fit(
    inputs: readonly Input[],
    unlabelled: readonly Input[],
    most?: number,
  ): KnowledgePart<Input> | undefined | Promise<KnowledgePart<Input> | undefined>
}

/** An example for each class more, which is never asked about. */
export interface ExampleKnowledge<Input = unknown> extends Described {
  /** An input that is certainly of a class, by its name alone. Undefined where the name says nothing. */
  exampleOf(label: string): Input | undefined
}

/**
 * What a network knows more than its features say, such as what an early layer does. Taken by linear heads of models that keep no
 * examples, since these keep features.
 */
export interface NetworkKnowledge<Input = unknown> extends Described {
  /**
   * The same network, with further columns behind its features; the same one each time. Undefined where it has no such thing.
   * @param backbone Without parts beside its network.
   */
  widen(backbone: TunableBackbone<Input>): TunableBackbone<Input> | undefined
}

/** Fitted columns, as data: a saved model holds `id`, `config` and `files`, from which the adapter of that id makes them again. */
export interface KnowledgePart<Input = unknown> {
  readonly name: string
  /** Names the adapter and its version, such as 'words/1'. Changes when its columns do. */
  readonly id: string
  readonly config: JsonObject
  /** By file name. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly columns: number
  /** Writes what is known of an input that can be read into a row of zeros, `[columns]`. */
  write(input: Input, row: Float32Array): void
}

/** A part, and how much it counts beside the network. */
export interface WeightedPart<Input = unknown> {
  readonly part: KnowledgePart<Input>
  /** What its columns are multiplied by; above 0. */
  readonly weight: number
}

/** Makes a part of a saved model again, from its data alone. One for each `KnowledgePart.id`. */
export interface KnowledgeLoader<Input> {
  readonly id: string
  load(config: JsonObject, files: ReadonlyMap<string, Uint8Array>): KnowledgePart<Input>
}

/** A backbone that comes with knowledge which is not fitted yet: it gives the network's features. */
export interface Knowing<Input = unknown> {
  readonly knowledge: readonly Knowledge<Input>[]
}

/** A backbone beside whose features stand those of fitted parts: `featureSize` counts all of them. */
export interface Known<Input = unknown> {
  /** The network alone. */
  readonly base: Backbone<Input>
  readonly parts: readonly WeightedPart<Input>[]
}

/** What a backbone could know more than its network. */
export function knowledgeOf<Input>(backbone: Backbone<Input>): readonly Knowledge<Input>[] {
  return 'knowledge' in backbone ? (backbone as unknown as Knowing<Input>).knowledge : []
}

/** The network alone, of a backbone beside which parts may stand. */
export function networkOf<Input>(backbone: Backbone<Input>): Backbone<Input> {
  return isKnown(backbone) ? backbone.base : backbone
}

/** Whether parts stand beside its network. */
export function isKnown<Input>(backbone: Backbone<Input>): backbone is Backbone<Input> & Known<Input> {
  return 'parts' in backbone && 'base' in backbone
}
