import * as z from 'zod'
import type { SlotValue } from './find-slot.js'

/**
 * Where a conversation stands, as plain JSON: what `reply` gave is handed to the next `reply`. Nothing else remembers it, so it can be
 * kept anywhere, and any process can go on with it.
 */
export interface ChatContext {
  /** What the bot asked last: which of some intents was meant, or a slot of one. */
  readonly waits?:
    | { readonly intents: readonly string[] }
    | { readonly intent: string; readonly confidence: number; readonly slot: string; readonly tries: number }
  /** What was found for the slots of that intent. */
  readonly slots?: Readonly<Record<string, SlotValue>>
  /** How often each intent was answered: of several answers one follows the other. */
  readonly answered?: Readonly<Record<string, number>>
}

/** What a bot says to a text. */
export interface Reply {
  /** What was meant; null where that is unknown or asked. */
  readonly intent: string | null
  /** What is said: the answer, a question, or that it does not know. */
  readonly answer: string
  /** Probability of the intent, or of the most probable one. While its slots are asked for, that of the text which it was told by. */
  readonly confidence: number
  /** Whether it is of the kind that was learned, or answers what was asked. */
  readonly known: boolean
  /** Largest cosine of its features with the mean of an intent; null of a model that cannot tell what is unknown. */
  readonly familiarity: number | null
  /** What else it could be, the most probable first; nothing where it answers what was asked. */
  readonly alternatives: readonly { readonly intent: string; readonly confidence: number }[]
  /** What is asked: which of some intents is meant, or a slot; null where nothing is. */
  readonly asks: { readonly intents: readonly string[] } | { readonly slot: string } | null
  /** What was found for the slots of the intent. */
  readonly slots: Readonly<Record<string, SlotValue>>
  /** Where the conversation stands now. */
  readonly context: ChatContext
}

const slotValues = z.record(z.string(), z.union([z.string(), z.number()]))

/** A conversation, from JSON. */
export const contextSchema: z.ZodType<ChatContext> = z.strictObject({
  waits: z
    .union([
      z.strictObject({ intents: z.array(z.string()) }),
      z.strictObject({
        intent: z.string(),
        confidence: z.number().min(0).max(1),
        slot: z.string(),
        tries: z.int().min(0),
      }),
    ])
    .exactOptional(),
  slots: slotValues.exactOptional(),
  answered: z.record(z.string(), z.int().min(0)).exactOptional(),
})

/** A reply, as JSON. */
export const replySchema: z.ZodType<Reply> = z.strictObject({
  intent: z.string().nullable(),
  answer: z.string(),
  confidence: z.number().min(0).max(1),
  known: z.boolean(),
  familiarity: z.number().nullable(),
  alternatives: z.array(z.strictObject({ intent: z.string(), confidence: z.number() })),
  asks: z.union([z.strictObject({ intents: z.array(z.string()) }), z.strictObject({ slot: z.string() })]).nullable(),
  slots: slotValues,
  context: contextSchema,
})
