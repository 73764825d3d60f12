import { expect, it } from 'vitest'
import { Catalog } from '../shop/catalog.js'
import { idsIn } from '../shop/ids-in.js'
import { recommendQuery } from './recommend-query.js'

it.each(['history', 'disliked', 'exclude'])('a question with more ids than anybody took is none: %s', (list) => {
  const ids = Array.from({ length: 100_001 }, (_, at) => `i${at}`)
  expect(recommendQuery.safeParse({ [list]: ids }).error?.issues[0]?.message).toBe('expected at most 100000 ids')
  expect(recommendQuery.safeParse({ [list]: ids.slice(1) }).success).toBe(true)
})

it('a hundred thousand ids that nobody knows are read in a moment, each as it is written', () => {
  const catalog = new Catalog([{ id: 'a,b' }], 'shop')
  const started = performance.now()
  const found = Array.from({ length: 100_000 }, (_, at) => idsIn(` i${at}`, catalog, '--history')).flat()
  expect(performance.now() - started).toBeLessThan(2000)
  expect([found.length, found[7]]).toEqual([100_000, 'i7'])
  expect(idsIn('a,b', catalog, '--history')).toEqual(['a,b'])
  expect(idsIn('"x,y", z', catalog, '--history')).toEqual(['x,y', 'z'])
})
