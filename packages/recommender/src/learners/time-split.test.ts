import { compare, startRun } from '@headstart/core'
import { describe, expect, it } from 'vitest'
import { shopOf, smallLists } from '../../test/small-shop.js'
import { itemKnnMethod, popularityMethod } from '../methods/baseline-methods.js'
import { examine, lastItems } from '../methods/shop-data.js'
import { evaluateRecommender } from '../model/evaluate-recommender.js'
import { lastItem } from './last-item.js'
import { shopLearner } from './shop-learner.js'
import { trainRecommender } from './train-recommender.js'

/** A shop whose users come one after another, each for a while. */
const small = shopOf(smallLists)
const { interactions } = small
const time = interactions.time.map((when, row) => when + 1.5 * (interactions.user[row] as number))
const shop = { ...small, interactions: { ...interactions, time } }
const data = { shop, split: 'time', minimum: 2 } as const
const methods = [popularityMethod, itemKnnMethod]

describe('a global split by time', () => {
  it('learns from nothing that happened after what is asked', async () => {
    const run = startRun()
    const test = await lastItems(data, run)
    const { validation } = await examine({ ...data, heldOut: true }, run)
    for (const { train, cases } of [test, validation]) {
      expect(cases.length).toBeGreaterThan(0)
      expect(Math.max(...train.times)).toBeLessThan(Math.min(...cases.map((one) => one.time)))
      expect(cases.every(({ history }) => history.items.length > 0)).toBe(true)
    }
    expect(Math.max(...validation.cases.map((one) => one.time))).toBeLessThan(
      Math.min(...test.cases.map((one) => one.time)),
    )
  })

  it('is what compare and evaluate say that they ask', async () => {
    const learners = methods.map((method) => shopLearner(method))
    const asked = 'What each user took first in the last tenth of the interactions is asked for'
    expect((await compare({ data, learners, protocol: lastItem }, startRun())).text()).toContain(asked)
    const model = await trainRecommender(shop, { methods, split: 'time', minimum: 2 })
    expect(model.describe().text()).toContain('On validation data, what came in the tenth before the last')
    expect(model.reads).toMatchObject({ split: 'time' })
    const report = await evaluateRecommender(model, shop, { split: 'time' })
    expect(report.text()).toContain(asked)
    expect(report.cases).toBe((await lastItems(data, startRun())).cases.length)
    expect(report.json).toMatchObject({ 'recall@10': report.hitRate, novelty: report.novelty, gini: report.gini })
  })
})
