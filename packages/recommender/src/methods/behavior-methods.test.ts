import { startRun } from '@headstart/core'
import { describe, expect, it } from 'vitest'
import { historyOf } from '../../test/histories.js'
import { circleShop } from '../../test/ranking-shop.js'
import type { Material } from '../contract/recommender-method.js'
import { tfIdf } from '../math/tf-idf.js'
import { Catalog } from '../shop/catalog.js'
import { leaveOneOut } from '../shop/split-histories.js'
import { easeTextMethod } from './baseline-methods.js'
import { fineTunedMethod, frozenMethod, untrainedMethod } from './behavior-methods.js'

const { histories } = circleShop(30, 1)

/** The same items, called otherwise. */
function materialOf(titleOf: (item: number) => string): Material {
  const catalog = new Catalog(Array.from({ length: 60 }, (_, item) => ({ id: `${item}`, title: titleOf(item) })))
  const terms = tfIdf(catalog.texts())
  return { catalog, terms, texts: terms }
}
const byThree = materialOf((item) => `kind ${item % 3} ${item}`)
const byFive = materialOf((item) => `sort ${item % 5} ${item}`)
const asked = historyOf([10, 11, 12])

const methods = [frozenMethod(), untrainedMethod(), fineTunedMethod(undefined, { folds: 2, epochs: 2 })]
describe.each(methods)('the method $name', (method) => {
  const scores = async (material: Material, run = startRun()): Promise<number[]> => {
    const recommender = await method.fit(material, histories, {}, run)
    const found = [...(await recommender.score(asked))]
    await recommender.close?.()
    return found
  }
  /** What it gives in a run of its own. */
  let alone: Promise<number[]> | undefined
  const scoresAlone = (): Promise<number[]> => (alone ??= scores(byFive))

  it('goes by the titles it is given, also where what users did is the same', async () => {
    const run = startRun()
    const [first, second] = [await scores(byThree, run), await scores(byFive, run)]
    expect(second).not.toEqual(first)
    expect(second).toEqual(await scoresAlone())
    expect(await scores(byThree, run)).toEqual(first)
  })

  it('goes on where another training on the same data is stopped', async () => {
    const stop = new AbortController()
    const stopped = method.fit(byFive, histories, {}, startRun({ signal: stop.signal }))
    const other = scores(byFive)
    stop.abort(new Error('enough'))
    await expect(stopped).rejects.toThrow('enough')
    expect(await other).toEqual(await scoresAlone())
  })

  it('answers after it was closed, also while it was asked', async () => {
    const recommender = await method.fit(byThree, histories, {}, startRun())
    const before = await recommender.score(asked)
    const meanwhile = recommender.score(asked)
    await recommender.close?.()
    expect(await meanwhile).toEqual(before)
    expect(await recommender.score(asked)).toEqual(before)
    await recommender.close?.()
  })
})

it('what EASE was fitted to is found again in one run alone, and for the same data alone', async () => {
  const validation = leaveOneOut(histories, 2)
  const choose = (run = startRun()) => easeTextMethod.choose(byThree, validation, run)
  const run = startRun()
  const first = await choose(run)
  const stop = new AbortController()
  stop.abort(new Error('enough'))
  await expect(choose(startRun({ signal: stop.signal }))).rejects.toThrow('enough')
  expect(await choose(run)).toEqual(first)
  expect(await choose()).toEqual(first)
})
