import { Writable } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openScreen } from './screen.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

/** A screen that is no terminal, and what stands on it. */
function logged() {
  const lines: string[] = []
  const write = (chunk: Buffer, _: unknown, done: () => void): void => {
    lines.push(chunk.toString())
    done()
  }
  const streams = { stdout: new Writable(), stderr: new Writable({ write }) }
  async function* nothing() {}
  return { lines, screen: openScreen({ ...streams, stdin: nothing(), signal: new AbortController().signal }) }
}

it('says progress in plain lines, now and then, where there is no terminal', () => {
  const { lines, screen } = logged()
  for (let done = 0; done <= 100; done++) {
    screen.onEvent({ type: 'features', done, total: 100, cached: 0 })
    vi.advanceTimersByTime(500)
  }
  expect(lines).toEqual([
    'features 20/100\n',
    'features 40/100\n',
    'features 60/100\n',
    'features 80/100\n',
    'features 100/100\n',
  ])
})

it('says nothing of what takes a moment', () => {
  const { lines, screen } = logged()
  screen.onEvent({ type: 'compare', done: 1, total: 2, method: 'ease' })
  vi.advanceTimersByTime(9000)
  screen.onEvent({ type: 'compare', done: 2, total: 2, method: 'ease' })
  expect(lines).toEqual([])
})

it('says the rate of work in shards, and how long it will take', () => {
  const { lines, screen } = logged()
  for (const [done, workers] of [
    [1000, 1],
    [4000, 3],
    [1_000_000, 3],
  ] as const) {
    vi.advanceTimersByTime(20_000)
    screen.onEvent({ type: 'rows', done, total: 1_000_000, perSecond: 100, workers })
  }
  expect(lines).toEqual([
    'rows 1000/1000000  100/s, 2.8 h left\n',
    'rows 4000/1000000  100/s, 3 workers, 2.8 h left\n',
    'rows 1000000/1000000  100/s, 3 workers\n',
  ])
})

it('counts a tuning over all of its runs, so that it never goes back', () => {
  const { lines, screen } = logged()
  for (const run of [1, 2, 3])
    for (const step of [1, 2]) {
      vi.advanceTimersByTime(20_000)
      screen.onEvent({ type: 'step', run, runs: 3, epochs: 1, step, steps: 2, loss: 0.5 })
    }
  expect(lines.map((line) => line.trim())).toEqual([
    'tuning 1/6  run 1/3, loss 0.5000',
    'tuning 2/6  run 1/3, loss 0.5000',
    'tuning 3/6  run 2/3, loss 0.5000',
    'tuning 4/6  run 2/3, loss 0.5000',
    'tuning 5/6  run 3/3, loss 0.5000',
    'tuning 6/6  run 3/3, loss 0.5000',
  ])
})
