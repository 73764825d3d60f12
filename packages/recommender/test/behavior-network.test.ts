import '@headstart/onnx/test'
import { random } from '@headstart/core/kit'
import { float32, Session, type Tensor } from '@headstart/onnx'
import { decodeModel, encodeModel } from '@headstart/onnx/kit'
import { expect, it } from 'vitest'
import { historyOf } from './histories.js'
import { circleShop } from './ranking-shop.js'
import { behaviorBackbone } from '../src/network/behavior-backbone.js'
import {
  behaviorNetwork,
  gateNetwork,
  inputs,
  output,
  qualitySize,
  scorersOf,
  stageWeights,
  withScorers,
  withWeights,
} from '../src/network/behavior-network.js'
import { behaviorRecommender } from '../src/network/behavior-recommender.js'
import { qualityOf } from '../src/network/calibrated-features.js'
import { allRanks, contextSize, deviationAt } from '../src/network/item-features.js'
import { ItemFeaturesInTime } from '../src/network/item-features-in-time.js'
import { Catalog } from '../src/shop/catalog.js'
import type { History } from '../src/shop/histories.js'
import { recommenderOf } from '../src/model/load-scorer.js'
import { liftAt } from '../src/network/rank-lift.js'

const scorers = ['a', 'b', 'c']

/** ItemFeatures by chance, [users, ...]. */
function feedsOf(users: number, items: number, seed: number): Record<string, Tensor<'float32'>> {
  const { normal } = random(seed)
  const some = (...dims: number[]) =>
    float32(
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => normal()),
    )
  return {
    [inputs.lifts]: some(users, scorers.length, items),
    [inputs.deviations]: some(users, scorers.length, items),
    [inputs.quality]: some(users, scorers.length, qualitySize),
    [inputs.context]: some(users, contextSize),
  }
}

/** A network whose gate is not at its beginning. */
function anyNetwork() {
  const { normal } = random(5)
  const fresh = behaviorNetwork(scorers)
  return withWeights(fresh, {
    'head/kernel': float32(
      [24, 3],
      Float32Array.from({ length: 72 }, () => normal()),
    ),
  })
}

it('scores are the same in whatever order the items are, and whatever others there are', async () => {
  const session = await Session.create(anyNetwork().graph)
  const feeds = feedsOf(2, 7, 1)
  const scores = (await session.run(feeds))[output] as Tensor<'float32'>
  expect(scores.dims).toEqual([2, 7])
  const order = [3, 6, 0, 5, 2]
  const reordered = (tensor: Tensor<'float32'>) => {
    const data = new Float32Array(6 * order.length)
    for (let row = 0; row < 6; row++)
      order.forEach((item, place) => (data[row * order.length + place] = tensor.data[row * 7 + item] as number))
    return float32([2, 3, order.length], data)
  }
  const again = (
    await session.run({
      ...feeds,
      [inputs.lifts]: reordered(feeds[inputs.lifts] as Tensor<'float32'>),
      [inputs.deviations]: reordered(feeds[inputs.deviations] as Tensor<'float32'>),
    })
  )[output] as Tensor<'float32'>
  expect([...again.data]).toBeAllclose(
    [0, 1].flatMap((user) => order.map((item) => scores.data[user * 7 + item] as number)),
    { atol: 1e-5 },
  )
  await session.close()
})

it('untrained it is the sum of the lifts by the quality of their scorers', async () => {
  const feeds = feedsOf(1, 4, 2)
  const session = await Session.create(behaviorNetwork(scorers).graph)
  const quality = scorers.map((_, scorer) =>
    Math.exp(15 * (feeds[inputs.quality]?.data[scorer * qualitySize + 1] as number)),
  )
  const total = quality.reduce((sum, value) => sum + value, 0)
  const expected = [0, 1, 2, 3].map((item) =>
    scorers.reduce(
      (sum, _, scorer) =>
        sum + ((3 * (quality[scorer] as number)) / total) * (feeds[inputs.lifts]?.data[scorer * 4 + item] as number),
      0,
    ),
  )
  const { [output]: scores } = await session.run(feeds)
  expect([...(scores as Tensor<'float32'>).data]).toBeAllclose(expected, { atol: 1e-4 })
  await session.close()
})

it('the built-in network takes the features of this version, and is small', async () => {
  const { network, modality, fingerprint } = await behaviorBackbone()
  const { histories, texts } = circleShop(30, 1)
  const features = await new ItemFeaturesInTime(histories, texts).before(0)
  expect(scorersOf(network)).toEqual(features.features.names)
  expect(modality).toBe('behavior')
  expect(fingerprint).toMatch(/^[0-9a-f]{64}$/)
  expect(encodeModel(network.graph).length).toBeLessThan(10_000)
  expect([...network.graph.initializers.keys()]).toEqual(
    expect.arrayContaining([...stageWeights.gate, ...stageWeights.head]),
  )
  expect(scorersOf({ graph: decodeModel(encodeModel(network.graph), 'again') })).toEqual(scorersOf(network))
})

it.each([false, true])(
  'finds what comes next in a shop it never saw, and after being saved; with a sequence model: %s',
  async (sequence) => {
    const { histories, texts } = circleShop(200, 3)
    const features = await new ItemFeaturesInTime(histories, texts, { sequence }).before(0)
    const network = withScorers((await behaviorBackbone()).network, features.features.names)
    const recommender = await behaviorRecommender('frozen', network, features)
    const history = { items: Int32Array.of(10, 11, 12), times: Float64Array.of(0, 1, 2) }
    const scores = await recommender.score(history)
    expect(scores.indexOf(Math.max(...scores.filter((_, item) => !history.items.includes(item))))).toBe(13)
    const state = recommender.state?.()
    if (!state) throw new TypeError('expected a state')
    const catalog = new Catalog(Array.from({ length: 60 }, (_, item) => ({ id: String(item) })))
    expect([...(await (await recommenderOf(state, catalog)).score(history))]).toEqual([...scores])
  },
)

it.each([false, true])(
  'scores as the whole network does over the features of all items, also several histories at once; with a sequence model: %s',
  async (sequence) => {
    const { histories, texts } = circleShop(60, 4)
    const calibrated = await new ItemFeaturesInTime(histories, texts, { sequence }).before(0)
    const { features, lift } = calibrated
    expect(features.names.includes('sequence')).toBe(sequence)
    const network = withScorers((await behaviorBackbone()).network, features.names)
    const session = await Session.create(network.graph)
    const gate = await Session.create(gateNetwork(network))
    const wholeScores = async (history: History): Promise<number[]> => {
      const found = await features.of(history)
      const ranks = allRanks(found)
      const places = Array.from(
        { length: features.names.length * 60 },
        (_, at) => [Math.floor(at / 60), at % 60] as const,
      )
      const lifts = Float32Array.from(places, ([scorer, item]) =>
        liftAt(lift, scorer, ranks[scorer * 60 + item] as number),
      )
      const deviations = Float32Array.from(places, ([scorer, item]) => deviationAt(found, scorer, item))
      const highest = features.names.map((_, scorer) =>
        Math.max(...lifts.subarray(scorer * 60, (scorer + 1) * 60).filter((__, item) => found.taken[item] === 0)),
      )
      const answer = await session.run({
        [inputs.lifts]: float32([1, features.names.length, 60], lifts),
        [inputs.deviations]: float32([1, features.names.length, 60], deviations),
        [inputs.quality]: float32([1, features.names.length, qualitySize], qualityOf(lift, highest)),
        [inputs.context]: float32([1, contextSize], features.context(history)),
      })
      return [...(answer[output] as Tensor<'float32'>).data]
    }
    const asked = [[10, 11, 12], [59, 3], [7], []].map(historyOf)
    const expected: number[][] = []
    for (const history of asked) expected.push(await wholeScores(history))
    const scores = await Promise.all(asked.map((history) => calibrated.scores(history, gate)))
    scores.forEach((found, place) => expect([...found]).toBeAllclose(expected[place] ?? [], { atol: 1e-5 }))
    await Promise.all([session.close(), gate.close()])
  },
)

it('refuses features of other scorers', async () => {
  const { histories, texts } = circleShop(30, 1)
  const features = await new ItemFeaturesInTime(histories, texts).before(0)
  await expect(behaviorRecommender('x', behaviorNetwork(scorers), features)).rejects.toThrow(
    'network "behavior": expected features of popularity',
  )
})
