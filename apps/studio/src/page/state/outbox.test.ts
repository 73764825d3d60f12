import { describe, expect, it } from 'vitest'
import { type LabelChange, Outbox } from './outbox.js'

/** A storage as browsers have it. */
function storage(): Pick<Storage, 'getItem' | 'setItem'> {
  const held = new Map<string, string>()
  return { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => void held.set(key, value) }
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
})
