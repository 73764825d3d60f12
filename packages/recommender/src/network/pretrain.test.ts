import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TrainEvent } from '@headstart/core'
import { float32 } from '@headstart/onnx'
import { constant } from '@headstart/onnx/kit'
import { circleExamples } from '../../test/ranking-shop.js'
import { folderOf } from '../../test/temporary-folder.js'
import { behaviorNetwork, stageWeights, withWeights } from './behavior-network.js'
import { fineTuneRanker } from './fine-tune-ranker.js'
import { pretrain } from './pretrain.js'
import { ndcgAt, RankerTrainer } from './ranker-trainer.js'
import type { RankingExamples } from './ranking-examples.js'

type Examples = readonly [RankingExamples, ...RankingExamples[]]

let [source, target]: [Examples, Examples] = [[] as unknown as Examples, [] as unknown as Examples]
beforeAll(async () => {
  source = await circleExamples(80, 1)
  target = await circleExamples(60, 2)
})

async function ndcgOf(network: ReturnType<typeof behaviorNetwork>, examples: RankingExamples): Promise<number> {
  const ranker = await RankerTrainer.create(network, [examples], {
    groups: [{ names: stageWeights.head, learningRate: 0 }],
    schedule: constant(),
    batchSize: 4,
    generalization: 0,
  })
  const { data: ranks, rows } = await ranker.ranks(examples, [...examples.users.keys()])
  await ranker.close()
  return ranks.reduce((sum, rank) => sum + ndcgAt(rank), 0) / rows
}

const settings = { steps: 40, batchSize: 16, learningRate: 0.02 }
const weightsOf = (network: ReturnType<typeof behaviorNetwork>): number[] =>
  [...network.graph.initializers.values()].flatMap(({ type, data }) =>
    type === 'float32' ? [...(data as Float32Array)] : [],
  )

describe('pre-training', () => {
  it('learns what holds in a shop it never saw', async () => {
    // As if nothing were known of how good scorers are in either shop.
    const unmeasured = ([newest]: Examples): RankingExamples => ({
      ...newest,
      quality: new Float32Array(newest.quality.length),
    })
    const network = await pretrain([{ name: 'circle', examples: [unmeasured(source)] }], settings)
    const untrained = await ndcgOf(behaviorNetwork(source[0].scorers), unmeasured(target))
    expect(await ndcgOf(network, unmeasured(target))).toBeGreaterThan(untrained + 0.02)
  })

  it('is the same for the same seed, and when it is interrupted', async () => {
    const families = [{ name: 'circle', examples: source }]
    const whole = await pretrain(families, settings)
    expect(weightsOf(await pretrain(families, settings))).toEqual(weightsOf(whole))
    const checkpoint = { file: join(await folderOf({}), 'pretraining'), seconds: 0 }
    const stop = new AbortController()
    const interrupted = pretrain(families, {
      ...settings,
      checkpoint,
      signal: stop.signal,
      onEvent: (event) => event.type === 'step' && event.step === 21 && stop.abort(),
    })
    await expect(interrupted).rejects.toThrow('aborted')
    let steps = 0
    const resumed = await pretrain(families, {
      ...settings,
      checkpoint,
      resume: true,
      onEvent: ({ type }) => type === 'step' && steps++,
    })
    expect(steps).toBeLessThan(settings.steps)
    expect(weightsOf(resumed)).toEqual(weightsOf(whole))
    await expect(pretrain(families, { ...settings, seed: 1, checkpoint, resume: true })).rejects.toThrow(
      'the same options',
    )
  })

  it('refuses families without examples', async () => {
    await expect(pretrain([])).rejects.toThrow('pretrain: expected examples in every family')
  })
})

describe('fine-tuning', () => {
  const network = () => behaviorNetwork(target[0].scorers)

  it('is never worse than frozen by validation', async () => {
    for (const learningRate of [0.02, 100]) {
      const tuned = await fineTuneRanker(network(), target, { epochs: 3, folds: 2, learningRate, batchSize: 16 })
      expect(tuned.validation).toHaveLength(4)
      const { validation, epochs } = tuned
      expect(validation[epochs]).toBeGreaterThanOrEqual(validation[0] as number)
      if (epochs > 0) expect(validation[epochs]).toBe(Math.max(...validation))
      expect(tuned.validation[0]).toBeCloseTo(await ndcgOf(network(), target[0]), 6)
      if (epochs === 0) expect(weightsOf(tuned.network)).toEqual(weightsOf(network()))
    }
  })

  it('of the head leaves the gate as it is', async () => {
    // It trusts the worst scorers most, which the head alone can set right.
    const spoilt = withWeights(network(), { 'head/temperature': float32([1], [-3]) })
    const { network: tuned, epochs } = await fineTuneRanker(spoilt, target, {
      unfreeze: 'head',
      epochs: 8,
      folds: 2,
      learningRate: 0.05,
      batchSize: 8,
    })
    expect(epochs).toBeGreaterThan(0)
    for (const name of stageWeights.gate)
      expect(tuned.graph.initializers.get(name)).toEqual(network().graph.initializers.get(name))
    expect(tuned.graph.initializers.get('head/kernel')).not.toEqual(network().graph.initializers.get('head/kernel'))
  })

  it.each([
    ['diverges at once', { learningRate: 1e30 }],
    ['diverges later', { learningRate: 100 }],
  ])('that %s says so, and leaves the network as it was', async (_, options) => {
    const notices: string[] = []
    const tuned = await fineTuneRanker(network(), target, {
      epochs: 3,
      folds: 2,
      batchSize: 16,
      ...options,
      onEvent: (event) => event.type === 'notice' && notices.push(event.message),
    })
    const stopped = /^The tuning stopped at step \d: its loss is NaN\. Try a lower learningRate than 1/
    expect(notices).toEqual([
      expect.stringMatching(stopped),
      expect.stringMatching(stopped),
      'What diverges on a part of the users is not tried on all. The network stays as it was pre-trained.',
    ])
    expect(tuned.epochs).toBe(0)
    expect(weightsOf(tuned.network)).toEqual(weightsOf(network()))
  })

  it('of a handful of users is the frozen network, which is said', async () => {
    const few = await circleExamples(3, 4)
    const notices: string[] = []
    const onEvent = (event: TrainEvent): void => void (event.type === 'notice' && notices.push(event.message))
    expect((await fineTuneRanker(network(), few, { onEvent })).epochs).toBe(0)
    expect(notices).toEqual([
      '3 users are too few to hold any out and see whether tuning helps. The network stays as it was pre-trained.',
    ])
  })
})
