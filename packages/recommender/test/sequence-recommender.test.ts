import { startRun } from '@headstart/core'
import { expect, it } from 'vitest'
import { circleShop } from './ranking-shop.js'
import { Catalog } from '../src/shop/catalog.js'
import { recommenderOf } from '../src/model/load-scorer.js'
import { trainSequence } from '../src/network/train-sequence.js'
import { scratchMethod } from '../src/methods/sequence-method.js'
import { leaveOneOut } from '../src/shop/split-histories.js'

const catalog = new Catalog(Array.from({ length: 60 }, (_, item) => ({ id: String(item) })))
const history = { items: Int32Array.of(10, 11, 12), times: Float64Array.of(0, 1, 2) }

it('learns what comes next, the same for the same seed, and is saved as ONNX', async () => {
  const { histories, texts } = circleShop(120, 1)
  const losses: number[] = []
  const train = () =>
    trainSequence({ texts }, histories, {
      epochs: 25,
      onEvent: (event) => event.type === 'step' && losses.push(event.loss),
    })
  const model = await train()
  expect(losses.at(-1)).toBeLessThan(0.7 * (losses[0] as number))
  const scores = await model.score(history)
  expect(scores).toHaveLength(60)
  expect(scores.indexOf(Math.max(...scores))).toBe(13)
  expect([...(await (await train()).score(history))]).toEqual([...scores])
  const state = model.state?.()
  if (!state) throw new TypeError('expected a state')
  expect([...(await (await recommenderOf(state, catalog)).score(history))]).toEqual([...scores])
  expect((await model.score({ items: new Int32Array(0), times: new Float64Array(0) })).every(Number.isFinite)).toBe(
    true,
  )
})

it('chooses its epochs on validation cases', async () => {
  const { histories, texts } = circleShop(60, 2)
  const material = { catalog, terms: texts, texts }
  const choice = await scratchMethod.choose(material, leaveOneOut(histories, 2), startRun())
  expect([5, 10, 15, 20, 25, 30]).toContain(choice.settings['epochs'])
  expect(choice.ndcg).toBeGreaterThan(0)
  expect(await scratchMethod.choose(material, { train: histories, cases: [] }, startRun())).toEqual({
    settings: { epochs: 20 },
    ndcg: undefined,
  })
})
