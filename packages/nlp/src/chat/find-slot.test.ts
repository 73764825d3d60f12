import { InputError } from '@headstart/core'
import { describe, expect, it } from 'vitest'
import { findSlots } from './find-slot.js'
import type { Slot } from './script.js'

const findSlot = async (slot: Slot, text: string, moment: Date) => (await findSlots({ slot }, text, moment))['slot']
const now = new Date('2026-12-01T10:00:00')
const bicycles: Slot = {
  kind: 'values',
  values: { 'e-bike': ['ebike', 'electric bike'], bike: [], 'city bike': ['commuter'] },
}

describe('findSlots', () => {
  it.each<[Slot, string, string | number | undefined]>([
    [bicycles, 'My E-Bike is broken.', 'e-bike'],
    [bicycles, 'an electric bike, please', 'e-bike'],
    // The longest name of all that fit.
    [bicycles, 'it is a city bike', 'city bike'],
    [bicycles, 'a commuter', 'city bike'],
    [bicycles, 'motorbikes', undefined],
    [{ kind: 'pattern', pattern: '\\bR-?\\d{4}\\b' }, 'about r-1234.', 'r-1234'],
    [{ kind: 'pattern', pattern: '(\\d+) people' }, 'for 3 people', '3'],
    [{ kind: 'pattern', pattern: 'x*' }, 'nothing', undefined],
    [{ kind: 'number' }, 'about 1,250.5 euros', 1250.5],
    [{ kind: 'number' }, 'minus -3', -3],
    [{ kind: 'number' }, 'We are four people', 4],
    [{ kind: 'number' }, 'someone', undefined],
    [{ kind: 'date' }, 'tomorrow', '2026-12-02'],
    [{ kind: 'date' }, 'On Friday at half past two', '2026-12-04'],
    [{ kind: 'date' }, 'May 17 at 14:30', '2027-05-17 14:30'],
    [{ kind: 'date' }, 'soon', undefined],
    [{ kind: 'date' }, 'in the evening', undefined],
    [{ kind: 'date', language: 'de' }, 'am 17. Mai', '2027-05-17'],
  ])('%j finds in "%s": %j', async (slot, text, found) => {
    expect(await findSlot(slot, text, now)).toBe(found)
  })

  it('a text that was made to be searched for a date without end is given up, or read', async () => {
    for (const text of ['1 '.repeat(500), '第1'.repeat(500), 'monday '.repeat(142)]) {
      const started = performance.now()
      await findSlot({ kind: 'date' }, text, now).catch((error: unknown) => expect(error).toBeInstanceOf(InputError))
      expect(performance.now() - started).toBeLessThan(3000)
    }
  })

  it.each(['(a+)+$', '(a|aa)+$', 'a*a*a*a*a*a*b'])('%s, which never ends, is given up', async (pattern) => {
    const started = performance.now()
    await expect(findSlot({ kind: 'pattern', pattern }, `${'a'.repeat(900)}!`, now)).rejects.toThrow(InputError)
    expect(performance.now() - started).toBeLessThan(4000)
  })

  it('a hundred patterns of which each takes a while are given up as one that never ends', async () => {
    // A second each, on no machine less than a tenth.
    const slots = Object.fromEntries(
      Array.from({ length: 100 }, (_, at) => [`slot-${at}`, { kind: 'pattern', pattern: 'a*a*a*b' } as Slot]),
    )
    const started = performance.now()
    await expect(findSlots(slots, 'a'.repeat(900), now)).rejects.toThrow(InputError)
    expect(performance.now() - started).toBeLessThan(2500)
  })

  it('a million words for the values of a slot are searched for a second at most', async () => {
    const words = Array.from({ length: 1e6 }, (_, at) => `word ${at} of a value`)
    const started = performance.now()
    await findSlot({ kind: 'values', values: { a: words } }, 'nothing', now).catch((error: unknown) =>
      expect(error).toBeInstanceOf(InputError),
    )
    expect(performance.now() - started).toBeLessThan(2500)
  })
})
