import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Batcher } from './batcher.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A batcher whose batches end when they are told to, and the sizes of those that began. */
function held(batch: number, wait: number) {
  const sizes: number[] = []
  const ends: (() => void)[] = []
  const batcher = new Batcher<number, number>('model', { batch, wait, queue: 100 }, async (items) => {
    sizes.push(items.length)
    await new Promise<void>((resolve) => ends.push(resolve))
    return items
  })
  const ask = (): Promise<number[]> => batcher.submit('', [1], new AbortController().signal)
  return { sizes, ends, ask }
}

it('beside a batch that is under way the next one is gathered for as long as others come', async () => {
  const { sizes, ends, ask } = held(32, 2)
  const answers = [ask()]
  await vi.advanceTimersByTimeAsync(3)
  expect(sizes).toEqual([1])
  for (let n = 0; n < 10; n++) {
    answers.push(ask())
    await vi.advanceTimersByTimeAsync(1)
  }
  expect(sizes).toEqual([1])
  await vi.advanceTimersByTimeAsync(2)
  expect(sizes).toEqual([1, 10])
  for (const end of ends) end()
  expect(await Promise.all(answers)).toHaveLength(11)
})

it('what was gathered begins at once where nothing is under way any more, and where the batch is full', async () => {
  const { sizes, ends, ask } = held(4, 5)
  const answers = [ask()]
  await vi.advanceTimersByTimeAsync(6)
  for (let n = 0; n < 3; n++) {
    answers.push(ask())
    await vi.advanceTimersByTimeAsync(4)
  }
  expect(sizes).toEqual([1])
  ends.shift()?.()
  await vi.advanceTimersByTimeAsync(0)
  expect(sizes).toEqual([1, 3])
  for (let n = 0; n < 4; n++) answers.push(ask())
  await vi.advanceTimersByTimeAsync(0)
  expect(sizes).toEqual([1, 3, 4])
  for (const end of ends) end()
  expect(await Promise.all(answers)).toHaveLength(8)
})
