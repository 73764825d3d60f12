import { describe, expect, it } from 'vitest'
import { converse, type Understood } from './converse.js'
import type { ChatContext, Reply } from './reply.js'
import { checkedScript } from './script.js'

const script = checkedScript(
  'script',
  {
    answers: { hours: ['From 9 to 18.', 'Nine to six.'], repair: 'Your {bicycle} on {day}.', price_list: 'It costs.' },
    slots: {
      repair: {
        bicycle: { kind: 'values', values: { 'e-bike': [], 'road bike': ['racer'] }, ask: 'Which bicycle?' },
        day: { kind: 'date', ask: 'Which day?' },
      },
    },
  },
  ['hours', 'repair', 'price_list'],
)

/** What is said to a text of which a model says that. */
async function said(
  text: string,
  probabilities: Readonly<Record<string, number>>,
  { context = {}, known = true }: { context?: ChatContext; known?: boolean } = {},
): Promise<Reply> {
  const intents = Object.entries(probabilities).map(([intent, confidence]) => ({ intent, confidence }))
  intents.sort((a, b) => b.confidence - a.confidence)
  const understood: Understood = { known, familiarity: 0.5, intents }
  const now = new Date('2026-12-01T10:00:00')
  const reply = await converse({ script, text, understood, context, odds: 1.5, now })
  // A conversation can be kept as JSON anywhere.
  expect(JSON.parse(JSON.stringify(reply))).toEqual(reply)
  return reply
}
const hours = { hours: 0.9, repair: 0.06, price_list: 0.04 }
const repair = { repair: 0.9, hours: 0.06, price_list: 0.04 }
const unsure = { hours: 0.45, price_list: 0.4, repair: 0.15 }

describe('a conversation', () => {
  it('answers, and several answers take turns', async () => {
    const first = await said('When?', hours)
    expect(first).toMatchObject({ intent: 'hours', answer: 'From 9 to 18.', confidence: 0.9, known: true, asks: null })
    expect(first.alternatives).toEqual([
      { intent: 'repair', confidence: 0.06 },
      { intent: 'price_list', confidence: 0.04 },
    ])
    const second = await said('When?', hours, first)
    expect(second.answer).toBe('Nine to six.')
    expect((await said('When?', hours, second)).answer).toBe('From 9 to 18.')
  })

  it('says that it does not know', async () => {
    const reply = await said('Mars?', hours, { known: false })
    expect(reply).toMatchObject({ intent: null, known: false, asks: null, confidence: 0.9 })
    expect(reply.answer).toMatch(/^I am not sure/)
  })

  it('asks which of two close intents is meant, and takes their name, their number or other words for it', async () => {
    const asked = await said('How about it?', unsure)
    expect(asked).toMatchObject({ intent: null, asks: { intents: ['hours', 'price_list'] } })
    expect(asked.answer).toBe('Which of these do you mean: hours, price list?')
    const { context } = asked
    const foreign = { context, known: false }
    expect(await said('Price list', hours, foreign)).toMatchObject({ intent: 'price_list', known: true, confidence: 1 })
    expect((await said('2', hours, foreign)).intent).toBe('price_list')
    expect((await said('the opening times', hours, { context })).intent).toBe('hours')
    // Of something else it was not asked.
    expect((await said('My racer needs you on Friday', repair, { context })).intent).toBe('repair')
    expect((await said('that one', unsure, { context })).asks).toEqual({ intents: ['hours', 'price_list'] })
  })

  it('asks for what is missing, and keeps what was said', async () => {
    const first = await said('Look at my racer', repair)
    expect(first).toMatchObject({ intent: 'repair', answer: 'Which day?', asks: { slot: 'day' } })
    expect(first.slots).toEqual({ bicycle: 'road bike' })
    const second = await said('On Friday', unsure, first)
    expect(second).toMatchObject({
      intent: 'repair',
      answer: 'Your road bike on 2026-12-04.',
      confidence: 0.9,
      asks: null,
      alternatives: [],
    })
    expect(second.context).toEqual({ answered: { repair: 1 } })
  })

  it('asks again where it did not find that, gives up, and lets go of who speaks of something else', async () => {
    const first = await said('Look at my racer', repair)
    const again = await said('hm', unsure, first)
    expect(again).toMatchObject({ asks: { slot: 'day' }, slots: { bicycle: 'road bike' } })
    expect(again.answer).toBe('I did not find that in what you said. Which day?')
    expect(await said('hm', unsure, again)).toMatchObject({ intent: null, asks: null, context: {} })
    expect(await said('When do you open?', hours, first)).toMatchObject({ intent: 'hours', answer: 'From 9 to 18.' })
  })

  it('goes on with a context that somebody made up', async () => {
    for (const waits of [
      { intent: '__proto__', confidence: 1, slot: 'toString', tries: 0 },
      { intent: 'repair', confidence: 1, slot: 'constructor', tries: 0 },
      { intents: ['constructor', 'no such'] },
    ])
      expect((await said('constructor', hours, { context: { waits } })).intent).toBe('hours')
  })
})
