import { expect, it } from 'vitest'
import type { Recommender } from '../contract/recommend.js'
import { explain } from './explain.js'

it('an explanation of a very long history gives others their turn, and is ended by its signal', async () => {
  const items = Int32Array.from({ length: 2000 }, (_, item) => item)
  const score = async (): Promise<Float32Array> => {
    const end = performance.now() + 2
    while (performance.now() < end);
    return new Float32Array(items.length)
  }
  const history = { items, times: new Float64Array(items.length) }
  const candidates = new Uint8Array(items.length).fill(1)
  let turns = 0
  const turning = setInterval(() => turns++, 10)
  const running = explain({ score } as unknown as Recommender, history, [0], candidates, {
    signal: AbortSignal.timeout(500),
  })
  await expect(running).rejects.toThrow('timeout')
  clearInterval(turning)
  expect(turns).toBeGreaterThan(2)
})
