import {
  type Backbone,
  dataset,
  type Dataset,
  fineTune,
  type FineTuneOptions,
  type Run,
  type Unlabelled,
} from '@headstart/core'
import { assertDataset, counted } from '@headstart/core/kit'
import { ChatData } from './chat-data.js'
import { Chatbot, type ChatSettings } from './chatbot-model.js'
import { findSlots } from './find-slot.js'
import { checkedScript, noScript, type Script, type Slot } from './script.js'

/**
 * There are many intents with few texts each; and how many somebody wrote of an intent says nothing of how often it is asked.
 */
export const headOfIntents = { strength: 'calibrated', classWeight: 'balanced' } as const

/** Options of `chatbot`. */
export type ChatbotOptions = ChatSettings & FineTuneOptions & Unlabelled<string>

/**
 * A bot that learns which intent a text has, and knows what to say to it: a classifier (see `fineTune`, whose options it takes) with
 * answers. It says that it does not know what is unlike all that it learned, and asks which is meant where two intents are close.
 *
 * @throws DataError when the data cannot be learned from, for answers of an intent that does not exist, an intent without an answer,
 *   and slots that cannot be found.
 */
export async function chatbot(
  backbone: Backbone<string>,
  data: ChatData,
  { unknown, odds, ...options }: ChatbotOptions = {},
): Promise<Chatbot> {
  assertDataset('chatbot', data)
  const { examples, script } = await learnable(data, options)
  const model = await fineTune(backbone, examples, { ...headOfIntents, ...options })
  return new Chatbot({ model, script, settings: { unknown, odds } })
}

/**
 * What is learned from, and what is said. An intent with a single text, as of questions with their answers, learns its answer as
 * another: it tells in other words what the question is about.
 */
export async function learnable(
  data: Dataset<string>,
  { onEvent }: Pick<Run, 'onEvent'>,
): Promise<{ readonly examples: Dataset<string>; readonly script: Script }> {
  const given = data instanceof ChatData ? data.script : noScript
  const script = checkedScript(data.name, given, data.labels)
  for (const message of await idleSlots(data, script)) onEvent?.({ type: 'notice', message })
  const single = [...data.classCounts()].filter(([, count]) => count === 1).map(([intent]) => intent)
  const spoken = new Map<string, string>()
  for (const [intent, answers] of Object.entries(script.answers)) for (const said of answers) spoken.set(said, intent)
  const known = new Set(data.inputs)
  const further = [...spoken].filter(([said, intent]) => single.includes(intent) && !known.has(said))
  if (further.length === 0) return { examples: data, script }
  const message = `${counted(single.length, 'intent has', 'intents have')} a single text: their answers are learned from as well.`
  onEvent?.({ type: 'notice', message })
  const examples = [...data.examples, ...further.map(([input, label]) => ({ input, label }))]
  const { name, test, columns } = data
  return { examples: dataset(examples, { name, test, columns }), script }
}

/** Says of slots that are found in none of the texts of their intent that they are always asked for, or never found. */
async function idleSlots({ examples }: Dataset<string>, { slots }: Script): Promise<string[]> {
  const messages: string[] = []
  for (const [intent, own] of Object.entries(slots)) {
    const texts = examples.filter(({ label }) => label === intent).map(({ input }) => input)
    for (const [name, slot] of Object.entries(own)) {
      if (slot.kind !== 'values' && slot.kind !== 'pattern') continue
      if (await isFoundIn(texts, name, slot)) continue
      messages.push(
        `Slot "${name}" of "${intent}" is not found in its ${counted(texts.length, 'text')}: check its ${slot.kind === 'values' ? 'values' : 'pattern'}.`,
      )
    }
  }
  return messages
}

async function isFoundIn(texts: readonly string[], name: string, slot: Slot): Promise<boolean> {
  for (const text of texts) if (Object.hasOwn(await findSlots({ [name]: slot }, text, new Date(0)), name)) return true
  return false
}
