import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import '@headstart/onnx/test'
import { type Graph, Session, type Tensor } from '@headstart/onnx'
import { decodeModel } from '@headstart/onnx/kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FineTuneOptions, loadModel, type Model, universalSentenceEncoder } from '../src/index.js'
import { type EpochEvent } from '@headstart/core'
import { tuneOnFewSentences } from './few-sentences.js'

let folder: string
/** Tuned without an interruption, for all tests. */
let once: Awaited<ReturnType<typeof tuned>>
beforeAll(async () => {
  once = await tuned()
  folder = await mkdtemp(join(tmpdir(), 'headstart-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Trained for a few steps, its epochs told. */
async function tuned(options: FineTuneOptions = {}): Promise<{ model: Model<string, string>; epochs: EpochEvent[] }> {
  const epochs: EpochEvent[] = []
  const model = await tuneOnFewSentences({
    ...options,
    onEvent: (event) => {
      if (event.type === 'epoch') epochs.push(event)
      options.onEvent?.(event)
    },
  })
  return { model, epochs }
}

const bytesOf = (tensor: Tensor | undefined): Buffer => {
  const { buffer, byteOffset, byteLength } = (tensor?.data ?? new Float32Array()) as Float32Array
  return Buffer.from(buffer, byteOffset, byteLength)
}
const weightsOf = (graph: Graph): Buffer => Buffer.concat([...graph.initializers.values()].map(bytesOf))

describe('the Universal Sentence Encoder, its last stage tuned on 24 sentences,', () => {
  it('loses loss from epoch to epoch, and differs from the original in that stage alone', async () => {
    const { model, epochs } = once
    const losses = epochs.map(({ loss }) => loss)
    expect(losses).toEqual(losses.toSorted((a, b) => b - a))
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? 0))
    const after = model.graph().initializers
    const { initializers } = (await universalSentenceEncoder()).network.graph
    const changed = [...initializers].filter(
      ([name, before]) => Buffer.compare(bytesOf(before), bytesOf(after.get(name))) !== 0,
    )
    expect(changed.map(([name]) => name)).toEqual(['pooling/dense.weight', 'pooling/dense.bias'])
  })

  it('is saved as one standard model.onnx, from which onnxruntime alone gives the same answers', async () => {
    const { model } = once
    const path = join(folder, 'model')
    await model.save(path)
    expect((await readdir(path)).sort()).toEqual(['headstart.json', 'model.onnx', 'vocab.json'])
    const texts = ['The soup was cold.', 'A wonderful evening!', '']
    const expected = (await model.predict(texts)).flatMap((one) => Object.values<number>(one.probabilities))
    const session = await Session.create(decodeModel(await readFile(join(path, 'model.onnx')), path))
    const { preprocessing } = await universalSentenceEncoder()
    const feeds = preprocessing.collate(await Promise.all(texts.map((text) => preprocessing.prepare(text))))
    const { probabilities } = await session.run(feeds)
    await session.close()
    expect(probabilities?.data as Float32Array).toBeAllclose(expected, { atol: 1e-5 })
    expect(await (await loadModel(path)).predict(texts)).toEqual(await model.predict(texts))
  })

  it('killed with kill -9 and resumed ends with the same bytes', async () => {
    const checkpoint = { file: join(folder, 'tuning.checkpoint'), seconds: 0 }
    expect(await killed({ checkpoint })).toBe('SIGKILL')
    const { model, epochs } = await tuned({ checkpoint, resume: true })
    const { model: whole } = once
    expect(epochs[0]?.epoch).toBe(2)
    expect(Buffer.compare(weightsOf(model.graph()), weightsOf(whole.graph()))).toBe(0)
  })
})

/** Tunes in a process of its own that kills itself amid the second epoch. @returns how it ended. */
function killed(options: FineTuneOptions): Promise<NodeJS.Signals | null> {
  const script = `
    import { tuneOnFewSentences } from './few-sentences.js'
    const onEvent = ({ type, step }) => {
      if (type === 'step' && step === 5) process.kill(process.pid, 'SIGKILL')
    }
    await tuneOnFewSentences({ ...JSON.parse(process.argv[1]), onEvent })`
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script, JSON.stringify(options)]
  const child = spawn(process.execPath, args, {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (_, signal) => resolve(signal))
  })
}
