import { random } from '@headstart/core/kit'
import { rankingExamples, type RankingExamples } from '../src/network/ranking-examples.js'
import { tfIdf } from '../src/math/tf-idf.js'
import { historiesOf } from './histories.js'

const itemCount = 60

/**
 * A shop where users take what follows the last item in a circle, now and then something popular: the last item tells
 * what comes next, and how often items are taken does not.
 */
export function circleShop(users: number, seed: number) {
  const { below, uniform } = random(seed)
  const lists = Array.from({ length: users }, () => {
    const list = [below(itemCount)]
    while (list.length < 8) {
      const next = uniform() < 0.8 ? ((list.at(-1) as number) + 1) % itemCount : Math.floor(uniform() ** 3 * itemCount)
      if (!list.includes(next)) list.push(next)
    }
    return list
  })
  return {
    histories: historiesOf(lists, itemCount),
    texts: tfIdf(Array.from({ length: itemCount }, (_, item) => `thing ${item}`)),
  }
}

/** Its examples, newest first. */
export async function circleExamples(users: number, seed: number): Promise<[RankingExamples, ...RankingExamples[]]> {
  const { histories, texts } = circleShop(users, seed)
  const [older, newest] = await rankingExamples(histories, texts, { name: 'circle', backs: [1, 2], seed })
  return [newest, older] as [RankingExamples, RankingExamples]
}
