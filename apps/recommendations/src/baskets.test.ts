import { leaveOneOut, positives } from '@headstart/recommender/kit'
import { describe, expect, it } from 'vitest'
import { baskets } from './baskets.js'

describe('baskets', () => {
  it('has the lists of some 200 packages, with texts where they are known', async () => {
    const { catalog, interactions } = await baskets()
    expect(interactions.users.length).toBeGreaterThan(150)
    expect(interactions.users.length).toBeLessThan(300)
    const histories = positives(interactions, catalog.size)
    // Nothing twice, and no list of one.
    expect(histories.items).toHaveLength(interactions.item.length)
    for (let place = 0; place < histories.length; place++) expect(histories.lengthOf(place)).toBeGreaterThan(1)
    const vitest = catalog.items[catalog.numberOf('vitest') ?? -1]
    expect(vitest).toMatchObject({
      title: 'vitest',
      texts: [expect.stringContaining('testing framework'), expect.stringContaining('vite')],
    })
  })

  it('draws the order of each list, the same for the same seed', async () => {
    const lasts = async (seed: number): Promise<number[]> => {
      const { catalog, interactions } = await baskets(seed)
      return leaveOneOut(positives(interactions, catalog.size)).cases.map(({ target }) => target)
    }
    const first = await lasts(0)
    expect(await lasts(0)).toEqual(first)
    const same = (await lasts(1)).filter((target, place) => target === first[place]).length
    expect(same).toBeLessThan(first.length / 2)
  })
})
