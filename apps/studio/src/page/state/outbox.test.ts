import { describe, expect, it } from 'vitest'
import { type LabelChange, Outbox, type OutboxStorage } from './outbox.js'

/** A storage as browsers have it. */
function storage(): OutboxStorage {
  const held = new Map<string, string>()
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
    key: (place) => [...held.keys()][place] ?? null,
    get length() {
      return held.size
    },
  }
}

describe('labels on their way', () => {
  it('are kept until they are written, and sent again after a reload', async () => {
    const kept = storage()
    const first = new Outbox('project', () => Promise.reject(new Error('The studio has ended.')), kept)
    first.put({ id: '1', label: 'spam' })
    await expect(first.flush()).rejects.toThrow('The studio has ended.')
    expect(first.waiting).toEqual([{ id: '1', label: 'spam' }])

    const sent: LabelChange[] = []
    const second = new Outbox('project', async (changes) => void sent.push(...changes), kept)
    await second.flush()
    expect(sent).toEqual([{ id: '1', label: 'spam' }])
    expect(second.waiting).toEqual([])
  })

  it('send the last word on an example, and what comes while others are sent', async () => {
    const sent: LabelChange[][] = []
    const box: Outbox = new Outbox(
      'project',
      async (changes) => {
        sent.push([...changes])
        if (sent.length === 1) box.put({ id: '1', label: 'ham' })
      },
      storage(),
    )
    box.put({ id: '1', label: 'spam' })
    box.put({ id: '2', label: 'spam' })
    await Promise.all([box.flush(), box.flush()])
    expect(sent).toEqual([
      [
        { id: '1', label: 'spam' },
        { id: '2', label: 'spam' },
      ],
      [{ id: '1', label: 'ham' }],
    ])
    expect(box.waiting).toEqual([])
  })

  it("of two tabs do not come in each other's way: each sends its own", async () => {
    const kept = storage()
    const sent: string[] = []
    const slow = new Outbox(
      'project',
      async (changes) => {
        sent.push(...changes.map(({ id }) => `slow ${id}`))
        // The other tab gives a label while this one hears that its own was written.
        other.put({ id: '2', label: 'ham' })
      },
      kept,
    )
    const other = new Outbox(
      'project',
      async (changes) => void sent.push(...changes.map(({ id }) => `other ${id}`)),
      kept,
    )
    slow.put({ id: '1', label: 'spam' })
    await slow.flush()
    expect(other.waiting).toEqual([{ id: '2', label: 'ham' }])
    await other.flush()
    expect(sent).toEqual(['slow 1', 'other 2'])
    // What a tab that is gone left is sent by the next that is opened, in its order.
    for (const id of ['b', 'a']) other.put({ id, label: 'ham' })
    const next = new Outbox('project', async () => {}, kept)
    expect(next.waiting.map(({ id }) => id)).toEqual(['b', 'a'])
    expect(new Outbox('another', async () => {}, kept).waiting).toEqual([])
  })
})
