import { findSlots, type SlotValue } from './find-slot.js'
import type { ChatContext, Reply } from './reply.js'
import { filled, type Script, type Slot } from './script.js'

/** What a model says of a text. */
export interface Understood {
  readonly known: boolean
  readonly familiarity: number | null
  /** All intents, the most probable first. */
  readonly intents: readonly Likely[]
}

interface Likely {
  readonly intent: string
  readonly confidence: number
}

/** Intents that are asked about at most, and mentioned beside the answer. */
const mostIntents = 3
/** So often a slot is asked for. */
const mostTries = 2

/** What is said of a text that answers what was asked: what it would be by itself means nothing. */
const asAsked = { known: true, alternatives: [] } as const

/** What is told of a text in a conversation. */
interface Turn {
  readonly script: Script
  readonly text: string
  readonly understood: Understood
  readonly context: ChatContext
  /** An intent that is less than so many times as probable as another is not answered. */
  readonly odds: number
  /** Which moment "tomorrow" is told from. */
  readonly now: Date
}

/**
 * What is said next in a conversation.
 * @throws InputError for a text that is searched too long.
 */
export async function converse(turn: Turn): Promise<Reply> {
  const { script, understood, context, odds } = turn
  const { intents, known } = understood
  const { waits } = context
  const [first] = intents as readonly [Likely]
  const close = intents.slice(0, mostIntents).filter(({ confidence }) => confidence * odds > first.confidence)

  if (waits && 'slot' in waits) {
    const wanted = slotsOf(script, waits.intent)
    const slot = Object.hasOwn(wanted, waits.slot) ? wanted[waits.slot] : undefined
    if (slot) {
      const found = await findSlots(wanted, turn.text, turn.now)
      if (Object.hasOwn(found, waits.slot)) return answerTo(turn, waits, { ...context.slots, ...found }, true)
      // Whoever speaks of something else is not held.
      const isElsewhere = known && close.length === 1 && first.intent !== waits.intent
      if (!isElsewhere && waits.tries + 1 < mostTries) {
        const { slots = {} } = context
        return askFor(turn, { ...waits, tries: waits.tries + 1 }, slot, slots)
      }
      if (!isElsewhere) return replyTo(turn, { answer: script.wording.giveUp })
    }
  } else if (waits) {
    const meant = meantOf(turn, waits.intents)
    if (meant) return answerTo(turn, meant, {}, true)
  }
  if (!known) return replyTo(turn, { answer: script.wording.unknown })
  if (close.length > 1) {
    const names = close.map(({ intent }) => intent)
    const answer = script.wording.which.replaceAll('{intents}', () => names.map(nameOf).join(', '))
    return replyTo(turn, { answer, asks: { intents: names }, waits: { intents: names } })
  }
  return answerTo(turn, first, {}, false)
}

/** Which of the intents that were asked about is meant: by name or number, or as the likeliest of them by far. */
function meantOf({ text, odds, understood: { intents, known } }: Turn, asked: readonly string[]): Likely | undefined {
  const said = inWords(text)
  const named = asked.find((intent, place) => said === inWords(intent) || said === String(place + 1))
  if (intents.some(({ intent }) => intent === named)) return { intent: named as string, confidence: 1 }
  const [best, second] = intents.filter(({ intent }) => asked.includes(intent))
  if (!best) return undefined
  const isAmongThem = !known || best === intents[0]
  return isAmongThem && best.confidence >= odds * (second?.confidence ?? 0) ? best : undefined
}

/** The answer to an intent, or the question for a slot of it that is missing. */
async function answerTo(
  turn: Turn,
  { intent, confidence }: Likely,
  had: Readonly<Record<string, SlotValue>>,
  isAsked: boolean,
): Promise<Reply> {
  const { script, context } = turn
  const wanted = slotsOf(script, intent)
  const slots = { ...(await findSlots(wanted, turn.text, turn.now)), ...had }
  const missing = Object.entries(wanted).find(([name, { ask }]) => ask !== undefined && !Object.hasOwn(slots, name))
  if (missing) {
    const [name, slot] = missing
    return {
      ...askFor(turn, { intent, confidence, slot: name, tries: 0 }, slot, slots),
      ...(isAsked && asAsked),
    }
  }
  const { answered = {} } = context
  const answers = script.answers[intent] ?? []
  const times = Object.hasOwn(answered, intent) ? (answered[intent] as number) : 0
  return replyTo(turn, {
    intent,
    confidence,
    answer: filled(answers[times % answers.length] ?? '', slots),
    slots,
    answered: { ...answered, [intent]: times + 1 },
    ...(isAsked && asAsked),
  })
}

function askFor(
  turn: Turn,
  waits: Extract<ChatContext['waits'], { slot: string }>,
  { ask = '' }: Slot,
  slots: Readonly<Record<string, SlotValue>>,
): Reply {
  const { intent, confidence, slot, tries } = waits
  const answer = tries === 0 ? ask : `${turn.script.wording.again} ${ask}`
  return replyTo(turn, { intent, confidence, answer, slots, asks: { slot }, waits })
}

function replyTo(
  { understood: { intents, known, familiarity }, context }: Turn,
  said: Pick<Reply, 'answer'> & Partial<Omit<Reply, 'context'>> & ChatContext,
): Reply {
  const { waits, answered = context.answered, slots = {}, intent = null, answer, asks = null } = said
  return {
    intent,
    answer,
    confidence: said.confidence ?? intents[0]?.confidence ?? 0,
    known: said.known ?? known,
    familiarity,
    alternatives: said.alternatives ?? intents.filter((one) => one.intent !== intent).slice(0, mostIntents),
    asks,
    slots,
    context: {
      ...(waits && { waits }),
      ...(waits && Object.keys(slots).length > 0 && { slots }),
      ...(answered && { answered }),
    },
  }
}

function slotsOf({ slots }: Script, intent: string): Readonly<Record<string, Slot>> {
  return Object.hasOwn(slots, intent) ? (slots[intent] ?? {}) : {}
}

/** How an intent is called to people: `opening_hours` as "opening hours". */
export function nameOf(intent: string): string {
  return intent.replaceAll(/[_/]+/g, ' ').trim()
}

/** A text as it is compared with a name. */
function inWords(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')
}
