import { expect, it } from 'vitest'
import type { JobState } from '../api/project.js'
import { Jobs } from './job.js'

const ended = async (jobs: Jobs): Promise<JobState> => {
  while (jobs.state?.status === 'running') await new Promise((resolve) => setTimeout(resolve, 1))
  return jobs.state as JobState
}

it('follows a tuning through its runs, and never goes back when it begins', async () => {
  const told: JobState[] = []
  const jobs = new Jobs((state) => told.push(state))
  jobs.start('train', async (job) => {
    job.share(0.5)
    const listen = job.listen('tuned', 1, 'minutes')
    listen({ type: 'features', done: 8, total: 8, cached: 0 })
    listen({ type: 'cross-validation', done: 5, total: 5 })
    job.doing('after looking')
    for (const run of [1, 2, 3])
      for (const epoch of [1, 2]) {
        const place = { run, runs: 3, epochs: 2, loss: 1 / run }
        for (const step of [1, 2]) listen({ type: 'step', ...place, step: 2 * (epoch - 1) + step, steps: 4 })
        const held = { validationLoss: run < 3 ? 0.5 : undefined, validationScore: run < 3 ? 0.9 : undefined }
        listen({ type: 'epoch', ...place, epoch, learningRate: 1, ...held })
        job.doing(`after ${run} ${epoch}`)
      }
  })
  const { status, points } = await ended(jobs)
  expect(status).toBe('done')
  const held = points.filter(({ heldOutScore }) => heldOutScore !== null).map(({ run, epoch }) => [run, epoch])
  expect(held).toEqual([
    [1, 1],
    [1, 2],
    [2, 1],
    [2, 2],
  ])
  const none = { heldOutLoss: null, heldOutScore: null }
  expect(points[0]).toEqual({ method: 'tuned', run: 1, epoch: 0.5, epochs: 2, loss: 1, ...none })
  expect(points.at(-1)).toEqual({ method: 'tuned', run: 3, epoch: 2, epochs: 2, loss: 1 / 3, ...none })
  const shares = told.flatMap(({ doing, share }) => (doing.startsWith('after') ? [share] : []))
  expect(shares[0]).toBeCloseTo(0.55)
  ;[1, 2, 3, 4, 5, 6].forEach((epochs) => expect(shares[epochs]).toBeCloseTo(0.55 + (0.45 * epochs) / 6))
})

it('says of a copy that is learned from what is meant, and one work at a time', async () => {
  const jobs = new Jobs(() => {})
  const { id } = jobs.start('check', async (job) => {
    job.call('/tmp/copy/data.csv', 'data.csv')
    job.notice('/tmp/copy/data.csv:3: an odd label')
    await new Promise((_, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason as Error)))
  })
  expect(() => jobs.start('train', async () => {})).toThrow('one piece of work at a time')
  await new Promise((resolve) => setTimeout(resolve, 5))
  jobs.cancel()
  expect(await ended(jobs)).toMatchObject({
    id,
    status: 'cancelled',
    notices: ['data.csv:3: an odd label'],
    error: null,
  })
  jobs.start('train', async () => {
    throw new Error('a fault')
  })
  expect(await ended(jobs)).toMatchObject({ status: 'failed', error: 'It failed: a fault', notices: [] })
})

it('goes on from where a method ended early, and says in words what a translator tries', async () => {
  const told: JobState[] = []
  const jobs = new Jobs((state) => told.push(state))
  jobs.start('train', async (job) => {
    const step = { type: 'step', runs: 2, epochs: 10, steps: 10, loss: 1 } as const
    const first = job.listen('tuned', 0.5, 'minutes')
    // Held-out examples gained nothing: there is no second run.
    for (let epoch = 1; epoch <= 4; epoch++) first({ ...step, run: 1, step: epoch })
    job.doing('early')
    const second = job.listen('kept', 1, 'minutes')
    second({ ...step, run: 1, step: 1 })
    job.doing('goes on')
    second({ type: 'trial', what: 'ways to translate', done: 1, total: 5 })
    second({ ...step, run: 2, step: 1 })
    job.doing('last')
  })
  await ended(jobs)
  const shareAt = (doing: string): number => told.find((state) => state.doing === doing)?.share as number
  expect(shareAt('early')).toBeCloseTo(0.1)
  expect(shareAt('goes on')).toBeCloseTo(0.1 + 0.9 / 20)
  expect(told.map(({ doing }) => doing)).toContain('kept: tries ways to translate: 1 of 5')
  expect(shareAt('last')).toBeLessThan(0.4)
})
