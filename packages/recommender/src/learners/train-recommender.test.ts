import { expect, it } from 'vitest'
import { trainRecommender } from './train-recommender.js'

it('a program without types that gives the path of a shop is told to read it', async () => {
  await expect(trainRecommender('shop' as never)).rejects.toThrow(
    'trainRecommender: expected a shop, got "shop". Read one first: await readShop(path).',
  )
})
