import { describe, expect, it } from 'vitest'
import { historiesOf } from '../../test/histories.js'
import { fixture } from '../../test/scorers-fixture.js'
import { als } from '../scorers/als.js'
import { ease } from '../scorers/ease.js'
import { ItemFeaturesInTime } from '../network/item-features-in-time.js'
import type { Histories } from '../shop/histories.js'
import { itemKnn } from '../scorers/item-knn.js'
import { itemAge, recency } from '../scorers/item-times.js'
import { popularity } from '../scorers/popularity.js'
import { latestExamples, rankingExamples } from '../network/ranking-examples.js'
import { repeats } from '../scorers/repeats.js'
import type { Scorer } from '../contract/scorer.js'
import { leaveOneOut } from '../shop/split-histories.js'
import { tfIdf } from '../math/tf-idf.js'
import { transitions } from '../scorers/transitions.js'

/** Scores that scorers fitted on the split give to each of its cases. */
async function features(
  fit: (train: Histories) => Scorer | Promise<Scorer>,
  lists: readonly number[][],
  back: number,
): Promise<number[]> {
  const { train, cases } = leaveOneOut(historiesOf(lists, fixture.items), back)
  const scorer = await fit(train)
  return cases.flatMap(({ history }) => [...scorer.score(history)])
}

describe('features for a target is computed without the target, and without what came after it', () => {
  const lists = fixture.histories.filter(({ length }) => length >= 4)
  const texts = tfIdf(fixture.texts)

  it.each<[string, (train: Histories) => Scorer | Promise<Scorer>]>([
    ['popularity', (train) => popularity(train)],
    ['recent popularity', (train) => popularity(train, { halfLife: 2 })],
    ['item-knn', (train) => itemKnn(train)],
    ['ease', (train) => ease(train)],
    ['ease-text', (train) => ease(train, { texts })],
    ['als', (train) => als(train)],
    ['transitions', (train) => transitions(train)],
    ['repeats', (train) => repeats(train)],
    ['recency', (train) => recency(train)],
    ['item age', (train) => itemAge(train)],
  ])('%s', async (_, fit) => {
    for (const back of [1, 2, 3]) {
      // Whatever each user took from the target on, the features is the same.
      const changed = lists.map((list, user) =>
        list.map((item, place) => (place < list.length - back ? item : (item + user + 1) % fixture.items)),
      )
      expect(changed).not.toEqual(lists)
      expect(await features(fit, changed, back)).toEqual(await features(fit, lists, back))
    }
  })
})

it('examples to learn from are the same, whatever users took from their targets on', async () => {
  const lists = fixture.histories.filter(({ length }) => length >= 5)
  const texts = tfIdf(fixture.texts)
  const all = Array.from({ length: fixture.items }, (_, item) => item)
  for (const back of [1, 2]) {
    const changed = lists.map((list) => {
      const before = list.slice(0, -back)
      const others = all.filter((item) => !before.includes(item) && item !== list[before.length])
      return [...before, ...others.slice(0, back)]
    })
    expect(changed.map(({ length }) => length)).toEqual(lists.map(({ length }) => length))
    const [known] = await rankingExamples(historiesOf(lists, fixture.items), texts, { backs: [back] })
    const [unknown] = await rankingExamples(historiesOf(changed, fixture.items), texts, { backs: [back] })
    expect(unknown?.targets).not.toEqual(known?.targets)
    // With 12 items all that the user has not are candidates, so that features about the same items is compared.
    for (const part of ['lifts', 'deviations', 'quality', 'contexts', 'penalties'] as const)
      expect(unknown?.[part], part).toEqual(known?.[part])
  }
})

it('an example of the latest interactions is the same, whatever its own target is', async () => {
  const lists = fixture.histories.filter(({ length }) => length >= 5)
  const texts = tfIdf(fixture.texts)
  const examples = async (of: readonly number[][]) =>
    latestExamples(new ItemFeaturesInTime(historiesOf(of, fixture.items), texts))
  const known = await examples(lists)
  for (const user of [0, 3]) {
    const mine = lists[user] as number[]
    const other = Array.from({ length: fixture.items }, (_, item) => item).find(
      (item) => !mine.includes(item),
    ) as number
    const unknown = await examples(lists.map((list, index) => (index === user ? [...list.slice(0, -1), other] : list)))
    const at = known?.users.indexOf(user) as number
    expect(unknown?.targets[at]).not.toBe(known?.targets[at])
    for (const part of ['lifts', 'deviations', 'quality', 'contexts', 'penalties'] as const) {
      const [all, size] = [known?.[part] as Float32Array, (known?.[part].length as number) / lists.length]
      expect(unknown?.[part].slice(at * size, (at + 1) * size), part).toEqual(all.slice(at * size, (at + 1) * size))
    }
  }
})
