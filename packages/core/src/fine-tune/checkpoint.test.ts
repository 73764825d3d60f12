import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeModel, encodeModel } from '@headstart/onnx/kit'
import { describe, expect, it } from 'vitest'
import { flipBit } from '../../test/cache-scene.js'
import { layeredBackbone } from '../../test/layered-backbone.js'
import { madeOnce } from '../../test/made-once.js'
import { runScript } from '../../test/run-script.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { tinyDataset } from '../../test/tiny-data.js'
import { CheckpointError } from '../contract/errors.js'
import { fineTune } from './fine-tune.js'
import type { FineTuneOptions } from './fine-tune-options.js'
import type { TrainEvent } from '../contract/progress.js'

const data = tinyDataset(12)
const options: FineTuneOptions = { cache: false, unfreeze: 2, learningRate: 0.03, epochs: 3, batchSize: 16, l2: 1e-3 }

/** The bytes of the model that a tuning gives; it is interrupted at a step, where one is given. */
async function bytesOf(more: FineTuneOptions, stopAt = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  let steps = 0
  const onEvent = (event: TrainEvent): void => {
    if (event.type === 'step' && ++steps === stopAt) throw new Error('power cut')
    more.onEvent?.(event)
  }
  return encodeModel((await fineTune(layeredBackbone(), data, { ...options, ...more, onEvent })).graph())
}

/** The bytes of a tuning that nothing interrupts. */
const uninterrupted = madeOnce((more: FineTuneOptions) => bytesOf(more))

const checkpointIn = (folder: string) => ({ file: join(folder, 'tuning.checkpoint'), seconds: 0 })

const stoppedAtStep = madeOnce(async (step: number) => {
  const checkpoint = checkpointIn(await temporaryFolder())
  await expect(bytesOf({ checkpoint }, step)).rejects.toThrow('power cut')
  return readFile(checkpoint.file)
})

/** A checkpoint of its own, of a tuning that was interrupted. */
async function interrupted(): Promise<{ file: string; seconds: number }> {
  const checkpoint = checkpointIn(await temporaryFolder())
  await writeFile(checkpoint.file, await stoppedAtStep(8))
  return checkpoint
}

describe('a tuning that was interrupted', () => {
  // 24 examples in a run of a fold are 2 steps an epoch, 36 in the last run are 3: 3 runs of 6 steps, and one of at most 9.
  it.each<[string, FineTuneOptions, readonly number[]]>([
    ['in any run', {}, [2, 8, 19]],
    ['gradually unfrozen', { gradual: true }, [5]],
    ['with low-rank updates', { lora: { rank: 2 } }, [20]],
    ['by contrast', { strategy: 'contrastive' }, [10]],
    ['on a share held out', { validation: 0.3, epochs: 6 }, [1, 12]],
  ])('%s ends with the same bytes', async (_, more, stops) => {
    const whole = await uninterrupted(more)
    for (const stop of stops) {
      const checkpoint = checkpointIn(await temporaryFolder())
      await expect(bytesOf({ ...more, checkpoint }, stop)).rejects.toThrow('power cut')
      const resumed = await bytesOf({ ...more, checkpoint, resume: true })
      expect(Buffer.compare(resumed, whole), `interrupted at step ${stop}`).toBe(0)
    }
  })

  it('again and again ends with the same bytes', async () => {
    const checkpoint = checkpointIn(await temporaryFolder())
    let interruptions = 0
    for (;;) {
      const next = bytesOf({ checkpoint, resume: true }, 4)
      const error: unknown = await next.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (error === undefined) break
      interruptions++
    }
    expect(interruptions).toBeGreaterThan(5)
    expect(Buffer.compare(await bytesOf({ checkpoint, resume: true }), await uninterrupted({}))).toBe(0)
  })

  it('by kill -9 ends with the same bytes, and leaves no half-written file', async () => {
    const folder = await temporaryFolder()
    const checkpoint = checkpointIn(folder)
    const { signal } = await runScript(killed, [JSON.stringify({ ...options, checkpoint })])
    expect(signal).toBe('SIGKILL')
    expect((await readdir(folder)).filter((name) => !name.endsWith('.tmp'))).toEqual(['tuning.checkpoint'])
    expect(Buffer.compare(await bytesOf({ checkpoint, resume: true }), await uninterrupted({}))).toBe(0)
  })
  const killed = `
    import { layeredBackbone } from '../test/layered-backbone.js'
    import { tinyDataset } from '../test/tiny-data.js'
    import { fineTune } from './fine-tune/fine-tune.js'
    let steps = 0
    const onEvent = ({ type }) => {
      if (type === 'step' && ++steps === 10) process.kill(process.pid, 'SIGKILL')
    }
    await fineTune(layeredBackbone(), tinyDataset(12), { ...JSON.parse(process.argv[2]), onEvent })
  `

  it('that is over is not run again', async () => {
    const checkpoint = checkpointIn(await temporaryFolder())
    const whole = await bytesOf({ checkpoint })
    let steps = 0
    const again = await bytesOf({
      checkpoint,
      resume: true,
      onEvent: ({ type }) => void (steps += type === 'step' ? 1 : 0),
    })
    expect(Buffer.compare(again, whole)).toBe(0)
    expect(steps).toBe(0)
  })

  it('begins anew where it is not to be resumed, and says so where there is nothing to resume', async () => {
    const checkpoint = await interrupted()
    const first: TrainEvent[] = []
    await bytesOf({ checkpoint, onEvent: (event) => event.type === 'step' && first.push(event) })
    expect(first[0]).toMatchObject({ step: 1 })

    const notices: string[] = []
    const onEvent = (event: TrainEvent): void => void (event.type === 'notice' && notices.push(event.message))
    const nowhere = checkpointIn(await temporaryFolder())
    await bytesOf({ checkpoint: nowhere, resume: true, onEvent })
    expect(notices[0]).toBe(`${nowhere.file}: there is no checkpoint; the tuning starts at the beginning.`)
  })

  it('by its signal has lost nothing, however long ago the last checkpoint was', async () => {
    const file = join(await temporaryFolder(), 'tuning.checkpoint')
    const stop = new AbortController()
    const onEvent = (event: TrainEvent): void =>
      void (event.type === 'step' && event.step === 3 && stop.abort(new Error('enough')))
    await expect(bytesOf({ checkpoint: file, signal: stop.signal, onEvent })).rejects.toThrow('enough')
    const steps: TrainEvent[] = []
    const resumed = await bytesOf({
      checkpoint: file,
      resume: true,
      onEvent: (event) => event.type === 'step' && steps.push(event),
    })
    expect(steps[0]).toMatchObject({ step: 4 })
    expect(Buffer.compare(resumed, await uninterrupted({}))).toBe(0)
  })

  it('writes after the first step, and then no more often than it is told', async () => {
    const checkpoint = { file: join(await temporaryFolder(), 'tuning.checkpoint'), seconds: 3600 }
    const whole = await bytesOf({ checkpoint })
    const steps: TrainEvent[] = []
    const again = await bytesOf({
      checkpoint,
      resume: true,
      onEvent: (event) => event.type === 'step' && steps.push(event),
    })
    expect(steps[0]).toMatchObject({ step: 2 })
    expect(Buffer.compare(again, whole)).toBe(0)
  })
})

describe('a checkpoint is refused', () => {
  it.each<[string, Partial<FineTuneOptions>, string]>([
    ['other options', { learningRate: 0.01 }, 'a checkpoint of this tuning: the same options, got {'],
    ['another seed', { seed: 1 }, 'the same options'],
    ['other class weights', { classWeight: { early: 2 } }, 'the same examples, got other examples'],
  ])('of a tuning with %s', async (_, other, message) => {
    const checkpoint = await interrupted()
    const resumed = bytesOf({ checkpoint, resume: true, ...other })
    await expect(resumed).rejects.toThrow(CheckpointError)
    await expect(resumed).rejects.toThrow(message)
    await expect(resumed).rejects.toThrow('Start without resuming, or give another file.')
  })

  it('of another backbone or other examples', async () => {
    const checkpoint = await interrupted()
    const more = { ...options, checkpoint, resume: true }
    await expect(fineTune(layeredBackbone({ seed: 2 }), data, more)).rejects.toThrow(
      'the same backbone, got other backbone',
    )
    await expect(fineTune(layeredBackbone(), tinyDataset(12, 5), more)).rejects.toThrow('the same examples, got other')
  })

  it('of a newer version', async () => {
    const { file, seconds } = await interrupted()
    await writeFile(
      file,
      (await readFile(file, 'latin1')).replace('headstart-checkpoint 1', 'headstart-checkpoint 2'),
      'latin1',
    )
    await expect(bytesOf({ checkpoint: { file, seconds }, resume: true })).rejects.toThrow(
      `${file}: expected a checkpoint of version 1, got version 2, written by a newer Headstart. ` +
        'Update Headstart, or start without resuming.',
    )
  })

  it('that is damaged, cut short or none', async () => {
    const { file, seconds } = await interrupted()
    const whole = await readFile(file)
    const spoilt = [Buffer.from(''), Buffer.from('something else\n'), whole.subarray(0, whole.length / 2)]
    for (const bytes of spoilt) {
      await writeFile(file, bytes)
      await expect(bytesOf({ checkpoint: { file, seconds }, resume: true })).rejects.toThrow(
        `${file}: expected a checkpoint as it was written, got a file that is damaged or no checkpoint.`,
      )
    }
    await writeFile(file, whole)
    await flipBit(file, -100)
    await expect(bytesOf({ checkpoint: { file, seconds }, resume: true })).rejects.toThrow(CheckpointError)
  })

  it.each([
    ['no JSON', 'nowhere', 'expected the position of a tuning, got no JSON'],
    ['counts below nothing', '{"ended":[-1]}', /the position of a tuning, got field "ended\.0"/],
    ['more runs than there are', '{"ended":[4294967295]}', 'expected the answers of as many runs as it says'],
  ])('whose hash is right, and which is made to mislead: %s', async (_, position, expected) => {
    const { file, seconds } = await interrupted()
    const whole = await readFile(file)
    const start = whole.indexOf('\n') + 1
    const graph = decodeModel(whole.subarray(start))
    const forged = encodeModel(graph.with({ metadata: new Map([...graph.metadata, ['position', position]]) }))
    const head = `headstart-checkpoint 1 ${createHash('sha256').update(forged).digest('hex')}\n`
    await writeFile(file, Buffer.concat([Buffer.from(head), forged]))
    await expect(bytesOf({ checkpoint: { file, seconds }, resume: true })).rejects.toThrow(expected)
  })
})

it('a checkpoint that cannot be written is said, once, and the tuning goes on', async () => {
  const file = join(await temporaryFolder(), 'no such folder', 'tuning.checkpoint')
  const notices: string[] = []
  const onEvent = (event: TrainEvent): void => void (event.type === 'notice' && notices.push(event.message))
  expect(Buffer.compare(await bytesOf({ checkpoint: { file, seconds: 0 }, onEvent }), await uninterrupted({}))).toBe(0)
  expect(notices).toEqual([expect.stringContaining('The tuning goes on without checkpoints')])
})
