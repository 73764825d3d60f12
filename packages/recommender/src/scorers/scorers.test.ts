import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import { historiesOf, historyOf } from '../../test/histories.js'
import { answers, fixture, train } from '../../test/scorers-fixture.js'
import { als } from './als.js'
import { Catalog } from '../shop/catalog.js'
import { ease } from './ease.js'
import { easeAndNeighbors } from './ease-and-neighbors.js'
import { categoryAffinity, priceFit } from './item-facts.js'
import { itemKnn } from './item-knn.js'
import { itemAge, recency } from './item-times.js'
import { popularity } from './popularity.js'
import { repeats } from './repeats.js'
import { textSimilarity, unitRows } from './text-similarity.js'
import { tfIdf } from '../math/tf-idf.js'
import { transitions } from './transitions.js'

describe('scores agree with NumPy, SciPy and scikit-learn', () => {
  it('of EASE', async () => {
    expect(answers(await ease(train, fixture.ease))).toBeAllclose(fixture.ease.scores.flat(), { atol: 1e-6 })
  })

  it('of EASE with fewer users than items', async () => {
    const { users, l2, scores } = fixture.easeOfFew
    const few = historiesOf(fixture.histories.slice(0, users), fixture.items)
    expect(answers(await ease(few, { l2 }))).toBeAllclose(scores.flat(), { atol: 1e-6 })
  })

  it('of EASE with texts', async () => {
    const scorer = await ease(train, { ...fixture.easeText, texts: tfIdf(fixture.texts) })
    expect(answers(scorer)).toBeAllclose(fixture.easeText.scores.flat(), { atol: 1e-6 })
  })

  it('of item neighborhoods', () => {
    expect(answers(itemKnn(train, fixture.itemKnn))).toBeAllclose(fixture.itemKnn.scores.flat(), { atol: 1e-6 })
  })

  it('of alternating least squares at their optimum, from another start', () => {
    const scorer = als(train, { ...fixture.als, iterations: 4000 })
    expect(answers(scorer)).toBeAllclose(fixture.als.scores.flat(), { atol: 1e-5 })
  })

  it('of texts', () => {
    const scorer = textSimilarity(tfIdf(fixture.texts), { last: 1 })
    const ours = fixture.texts.flatMap((_, item) => [...scorer.score(historyOf([item]))])
    expect(ours).toBeAllclose(fixture.textSimilarity.flat(), { atol: 1e-6 })
  })
})

describe('EASE', () => {
  it('with an item limit knows the items that most users took, gives the others 0, and says so', async () => {
    const counts = train.popularity()
    const notices: string[] = []
    const scorer = await ease(train, { itemLimit: 5, onNotice: (message) => notices.push(message) })
    const scores = scorer.score(historyOf([0, 3]))
    // Of the fixture's items nobody took the last one, so that nothing is known of it.
    expect(notices).toEqual([
      'ease: 6 items beyond the 5 that most users took score 0: add itemKnn or textSimilarity for them.',
    ])
    const byCount = [...counts.keys()].sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
    const unknown = byCount.slice(5)
    expect(scores.some((score) => score !== 0)).toBe(true)
    expect(unknown.map((item) => scores[item])).toEqual(unknown.map(() => 0))
  })

  it('finds an item that nobody took by its text', async () => {
    const texts = tfIdf(['red lamp', 'red lamp large', 'blue mug', 'green mug'])
    const scores = (await ease(historiesOf([[0, 2], [0], [2]], 4), { texts, l2: 1 })).score(historyOf([0]))
    expect(scores[1]).toBeGreaterThan(Math.max(scores[2] as number, scores[3] as number))
  })

  it('refuses no regularization', async () => {
    await expect(ease(train, { l2: 0 })).rejects.toThrow('ease: expected an l2 above 0, got 0.')
  })
})

describe('EASE of a large catalog', () => {
  it('scores items beyond the limit by their neighbors, on its own scale', async () => {
    const notices: string[] = []
    const both = await easeAndNeighbors(train, { itemLimit: 7, onNotice: (message) => notices.push(message) })
    expect(notices).toEqual([
      `ease: of ${train.popularity().filter((count) => count > 0).length} items it takes the 7 that most users took; item-knn scores the others.`,
    ])
    const inside = new Set(both.state?.().arrays?.['known'])
    const isKnown = (item: number): boolean => inside.has(item)
    const [few, neighbors] = [await ease(train, { itemLimit: 7 }), itemKnn(train, { neighbors: 200 })]
    for (const history of fixture.asked.map(historyOf)) {
      const [scores, known, others] = [both, few, neighbors].map((scorer) => [...scorer.score(history)]) as [
        number[],
        number[],
        number[],
      ]
      const ratios = scores.flatMap((score, item) =>
        isKnown(item) || others[item] === 0 ? [] : [score / (others[item] as number)],
      )
      scores.forEach((score, item) => isKnown(item) && expect(score).toBe(known[item]))
      if (ratios.length > 0)
        expect(ratios).toBeAllclose(
          ratios.map(() => ratios[0] as number),
          { rtol: 1e-5 },
        )
    }
  })

  it('is EASE where all items are within the limit', async () => {
    expect((await easeAndNeighbors(train)).state?.().kind).toBe('ease')
  })
})

describe('popularity', () => {
  const histories = historiesOf(
    [
      [0, 1],
      [0, 1],
      [0, 2],
    ],
    4,
    [
      [0, 100],
      [0, 100],
      [0, 100],
    ],
  )

  it('counts users', () => {
    expect([...popularity(histories).score(historyOf([]))]).toEqual([3, 2, 1, 0])
  })

  it('counts an interaction half after its half-life', () => {
    expect([...popularity(histories, { halfLife: 50 }).score(historyOf([]))]).toEqual([0.75, 2, 1, 0])
  })
})

describe('item transitions', () => {
  it('count what followed by its distance, shrunk', () => {
    // After 0 came 1 (distance 1, twice) and 2 (distance 2, once): 2, 1/2, and 5/2 in all.
    const scores = transitions(
      historiesOf(
        [
          [0, 1, 2],
          [0, 1],
        ],
        3,
      ),
      { shrinkage: 0 },
    ).score(historyOf([0]))
    expect([...scores]).toBeAllclose([0, 2 / 2.5, 0.5 / 2.5])
  })

  it('count each time that an item was followed, where histories have repeats', () => {
    const scores = transitions(historiesOf([[0, 1, 0, 2]], 3), { shrinkage: 0, reach: 1 }).score(historyOf([0]))
    expect([...scores]).toBeAllclose([0, 0.5, 0.5])
  })

  it('with reach 1 and decay 0 are a Markov chain from the last item', () => {
    const scorer = transitions(
      historiesOf(
        [
          [0, 1, 2],
          [0, 2, 1],
        ],
        3,
      ),
      { shrinkage: 0, reach: 1, decay: 0 },
    )
    expect([...scorer.score(historyOf([2, 0]))]).toBeAllclose([0, 0.5, 0.5])
  })
})

it('recency-weighted neighborhoods count late items more', () => {
  const histories = historiesOf(
    [
      [0, 2],
      [1, 3],
      [0, 2],
      [1, 3],
    ],
    4,
  )
  const scores = itemKnn(histories, { decay: 0.5, shrinkage: 0 }).score(historyOf([0, 1]))
  expect([...scores]).toBeAllclose([0, 0, 0.5, 1])
})

it('texts can be the features of any backbone', () => {
  const features = unitRows({ rows: 3, columns: 2, data: Float32Array.of(2, 0, 1, 1, 0, 0) })
  expect([...textSimilarity(features, { last: 1 }).score(historyOf([0]))]).toBeAllclose([1, Math.SQRT1_2, 0])
  expect([...textSimilarity(features).score(historyOf([0, 1]))]).toBeAllclose([
    (1 + Math.SQRT1_2) / 2,
    (1 + Math.SQRT1_2) / 2,
    0,
  ])
})

it('repeats are what the user took often and lately, and others came back for', () => {
  const histories = historiesOf(
    [
      [0, 0, 1],
      [0, 0],
      [1, 2],
    ],
    3,
  )
  const scores = repeats(histories, { decay: 0.5, shrinkage: 0 }).score(historyOf([0, 1, 0]))
  expect([...scores]).toBeAllclose([1.25, 0, 0])
})

it('recency and age are the times of the last and the first taker', () => {
  const histories = historiesOf([[0, 1], [0]], 3, [[10, 20], [30]])
  expect([...recency(histories).score(historyOf([]))]).toEqual([0, -10, -20])
  expect([...itemAge(histories).score(historyOf([]))]).toEqual([-20, -10, 0])
})

it('category and price are near to what the user took', () => {
  const catalog = new Catalog([
    { id: 'a', category: 'mugs', price: 1 },
    { id: 'b', category: 'mugs', price: Math.E },
    { id: 'c', category: 'lamps', price: Math.E ** 3 },
    { id: 'd' },
  ])
  expect([...categoryAffinity(catalog, { decay: 1 }).score(historyOf([0, 2]))]).toBeAllclose([0.5, 0.5, 0.5, 0])
  expect([...priceFit(catalog).score(historyOf([0]))]).toBeAllclose([0, -1, -3, -4 / 3])
  expect([...priceFit(catalog).score(historyOf([3]))]).toEqual([0, 0, 0, 0])
})

it('item-knn learns from the latest items of a history that goes on and on', () => {
  const long = historiesOf([[0, 1, 2, 3, 4]], 5)
  const neighbors = itemKnn(long, { longestHistory: 2 }).score(historyOf([4]))
  expect([...neighbors].map((score) => score > 0)).toEqual([false, false, false, true, false])
})
