import { join } from 'node:path'
import { float32, GraphBuilder, type Tensors, Trainer } from '@headstart/onnx'
import { DivergedError, meanSquaredError } from '@headstart/onnx/kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.js'
import type { Matrix } from '../contract/matrix.js'
import type { TrainEvent } from '../contract/progress.js'
import { Checkpoint } from './checkpoint.js'
import { type Loop, runLoop } from './run-loop.js'

const graph = ((g: GraphBuilder) => {
  const x = g.input('x', 'float32', ['batch', 1])
  g.output('y', g.op('MatMul', [x, g.weight('slope', float32([1, 1], [0]))]), 'float32', ['batch', 1])
  return meanSquaredError(g.build(), { predictions: 'y' })
})(new GraphBuilder('line', { opsets: { '': 17 } }))

/** One example of a line through 0. */
const point = (x: number, y: number): Tensors => ({
  x: float32([1, 1], [x]),
  [graph.targets]: float32([1, 1], [y]),
  [graph.weights]: float32([1], [1]),
})

/** Four epochs of two steps towards y = 3x; the slope is what it is assessed by. */
async function line({ learningRate = 0.1, y = 3 } = {}) {
  const feeds = [point(1, y), point(2, 2 * y)] as const
  const groups = [{ names: ['slope'], learningRate }]
  const trainer = await Trainer.create(graph.graph, { loss: graph.loss, groups, feeds: feeds[0] })
  onTestFinished(() => trainer.close())
  const slope = (): number => trainer.parameters()['slope']?.data[0] as number
  const results = (): Matrix => ({ rows: 1, columns: 1, data: Float32Array.of(slope()) })
  const batches = (): (() => Tensors)[] => feeds.map((one) => () => one)
  return { slope, results, loop: { trainer, epochs: 4, batches } satisfies Loop }
}

const slopesOf = (results: readonly Matrix[]): number[] => results.map(({ data }) => data[0] as number)

describe('a training', () => {
  it('tells each step and each epoch, and ends with its last weights where no loss is asked for', async () => {
    const { loop, results, slope } = await line()
    const told: string[] = []
    const outcome = await runLoop({
      ...loop,
      assessment: { results, every: 3 },
      onEvent: (event) => event.type === 'step' && told.push(`${event.step}/${event.steps}`),
      onEpoch: (ended) => void told.push(`epoch ${ended.epoch}${ended.results ? ', assessed' : ''}`),
    })
    expect(told.join(' ')).toBe('1/8 2/8 epoch 1 3/8 4/8 epoch 2 5/8 6/8 epoch 3, assessed 7/8 8/8 epoch 4, assessed')
    expect(outcome.diverged).toBe(false)
    expect(outcome.results).toHaveLength(3)
    expect(outcome.results[0]?.data[0]).toBe(0)
    expect(slope()).toBe(slopesOf(outcome.results).at(-1))
    expect(slope()).toBeGreaterThan(0.5)
  })

  it('ends with the weights of the least loss, and early where it does not fall for some epochs', async () => {
    const { loop, results, slope } = await line()
    // Held-out examples lie on y = x / 3: after a step or two it is too steep for them.
    const loss = ({ data }: Matrix): number => Math.abs((data[0] as number) - 1 / 3)
    const outcome = await runLoop({ ...loop, epochs: 50, assessment: { results, loss, patience: 2 } })
    const losses = outcome.results.map(loss)
    const best = losses.indexOf(Math.min(...losses))
    expect(best).toBeGreaterThan(0)
    expect(losses).toHaveLength(best + 3)
    expect(slope()).toBe(slopesOf(outcome.results)[best])
  })

  it('that diverges is an error, or ends with the weights before where that is asked for', async () => {
    await expect(runLoop((await line({ y: 1e30 })).loop)).rejects.toThrow(DivergedError)
    const { loop, results, slope } = await line({ y: 1e30 })
    const errors: DivergedError[] = []
    const outcome = await runLoop({
      ...loop,
      assessment: { results, loss: () => 0 },
      onDiverged: (error) => errors.push(error),
    })
    expect(outcome.diverged).toBe(true)
    expect(errors).toMatchObject([{ step: 0, what: 'loss', value: Infinity }])
    expect([slope(), ...slopesOf(outcome.results)]).toEqual([0, 0])
  })

  it('stops at its signal and goes on from its checkpoint to the same weights and results', async () => {
    const checkpoint = { file: join(await temporaryFolder(), 'line'), seconds: 3600 }
    const open = (resume: boolean) =>
      Checkpoint.open({ checkpoint, resume }, () => ({ backbone: 'line', examples: '', options: '' }))
    const loss = ({ data }: Matrix): number => Math.abs((data[0] as number) - 0.5)
    const whole = await line()
    const expected = await runLoop({ ...whole.loop, assessment: { results: whole.results, loss } })

    const stop = new AbortController()
    const first = await line()
    const stopped = runLoop({
      ...first.loop,
      assessment: { results: first.results, loss },
      checkpoint: await open(false),
      signal: stop.signal,
      onEvent: (event: TrainEvent) => event.type === 'step' && event.step === 5 && stop.abort(new Error('enough')),
    })
    await expect(stopped).rejects.toThrow('enough')

    const second = await line()
    let steps = 0
    const outcome = await runLoop({
      ...second.loop,
      assessment: { results: second.results, loss },
      checkpoint: await open(true),
      onEvent: () => steps++,
    })
    expect(steps).toBe(3)
    expect(slopesOf(outcome.results)).toEqual(slopesOf(expected.results))
    expect(second.slope()).toBe(whole.slope())
  })
})
