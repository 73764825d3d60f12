import { describe, expect, it } from 'vitest'
import { checkedScript, type ScriptInput } from './script.js'

const answers = { hours: 'From 9 to 18.', repair: 'On {day}.' }
const slots = { repair: { day: { kind: 'date', ask: 'When?' } } } as const

describe('checkedScript', () => {
  it.each<[string, ScriptInput, RegExp]>([
    [
      'an answer for an intent that does not exist',
      { answers: { ...answers, hour: 'x' }, slots },
      /expected an answer for intents that have examples \("hours", "repair"\), got an answer for "hour"/,
    ],
    [
      'an intent without an answer',
      { answers: { hours: 'x' } },
      /expected an answer for each intent, got none for "repair"/,
    ],
    [
      'slots of an intent that does not exist',
      { answers: { ...answers, repair: 'x' }, slots: { repairs: slots.repair } },
      /got slots for "repairs"/,
    ],
    ['an answer with a slot that is not there', { answers }, /got \{day\} in the answer to "repair"\. Add the slot/],
    [
      'a slot with no values',
      { answers, slots: { repair: { day: { kind: 'values' } } } },
      /slot "day" of "repair": expected at least one of values, got none, so that it never matches/,
    ],
    [
      'a slot without a pattern',
      { answers, slots: { repair: { day: { kind: 'pattern' } } } },
      /expected a pattern, got none, so that it never matches/,
    ],
    [
      'a pattern that is none',
      { answers, slots: { repair: { day: { kind: 'pattern', pattern: '(' } } } },
      /expected a regular expression, got "\(" \(.*Unterminated group/,
    ],
    [
      'an empty answer',
      { answers: { hours: ' ', repair: 'x' } },
      /expected a text that is not empty at answers\.hours/,
    ],
    ['a field that is unknown', { answers, anwsers: {} } as ScriptInput, /script: expected .*anwsers/],
  ])('refuses %s', (_, script, message) => {
    expect(() => checkedScript('script', script, ['hours', 'repair'])).toThrow(message)
  })

  it('takes one answer or several, and has words of its own where none are given', () => {
    const script = checkedScript('script', { answers: { a: 'x', b: ['y', 'z'] }, wording: { unknown: 'Pardon?' } }, [
      'a',
      'b',
    ])
    expect(script.answers).toEqual({ a: ['x'], b: ['y', 'z'] })
    expect(script.wording).toMatchObject({ unknown: 'Pardon?', which: expect.stringContaining('{intents}') })
  })
})
