import { describe, expect, it } from 'vitest'
import { beginLabeling, labeled, meaningOf, proposed, undone } from './labeling.js'

const press = (key: string, more: Partial<Parameters<typeof meaningOf>[0]> = {}) =>
  meaningOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...more }, 3)

describe('keys while labeling', () => {
  it('means labels by digits, as many as there are, and nothing by others', () => {
    expect(press('1')).toEqual({ do: 'label', label: 0 })
    expect(press('3')).toEqual({ do: 'label', label: 2 })
    expect(press('4')).toBeUndefined()
    expect(press('0')).toBeUndefined()
    expect(press('x')).toBeUndefined()
  })

  it('takes back by u and ctrl-z, skips by s, takes the guess by Enter; commands of the browser stay its own', () => {
    expect(press('u')).toEqual({ do: 'undo' })
    expect(press('z', { ctrlKey: true })).toEqual({ do: 'undo' })
    expect(press('z', { metaKey: true })).toEqual({ do: 'undo' })
    expect(press('S')).toEqual({ do: 'skip' })
    expect(press('Enter')).toEqual({ do: 'accept' })
    expect(press('1', { ctrlKey: true })).toBeUndefined()
    expect(press('1', { altKey: true })).toBeUndefined()
  })
})

describe('the queue', () => {
  it('goes on with each label and each skip, and comes back step by step', () => {
    const three = beginLabeling(['a', 'b', 'c'])
    const done = labeled(labeled(three, 'spam'), undefined)
    expect(done.queue).toEqual(['c'])
    const once = undone(done)
    expect(once.step).toEqual({ id: 'b', before: undefined, label: undefined })
    const twice = undone(once.state)
    expect(twice.step).toEqual({ id: 'a', before: undefined, label: 'spam' })
    expect(twice.state).toEqual(three)
    expect(undone(twice.state).step).toBeUndefined()
  })

  it('keeps what is in sight when something else is proposed, and brings nothing twice', () => {
    const state = labeled(beginLabeling(['a', 'b', 'c']), 'spam')
    expect(proposed(state, ['a', 'd', 'c', 'b']).queue).toEqual(['b', 'd', 'c'])
  })

  it('keeps what was taken back in sight where a proposal does not know of that yet', () => {
    const { state } = undone(labeled(beginLabeling(['a', 'b', 'c']), 'spam'))
    expect(proposed(state, ['b', 'c'], true).queue).toEqual(['a', 'b', 'c'])
  })

  it('leaves what is in sight where it is gone, or labeled elsewhere', () => {
    expect(proposed(beginLabeling(['a', 'b']), ['b', 'c']).queue).toEqual(['b', 'c'])
  })

  it('does nothing where nothing is left', () => {
    const empty = beginLabeling([])
    expect(labeled(empty, 'spam')).toBe(empty)
  })
})
