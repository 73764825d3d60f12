import { expect, it } from 'vitest'
import type { Example, ExamplesQuery } from '../../api/types.js'
import { ExamplePages } from './example-pages.js'

it('fetches the pages that come into sight, once, and keeps the old ones while they are fetched anew', async () => {
  const asked: ExamplesQuery[] = []
  const examples = async (query: ExamplesQuery = {}) => {
    asked.push(query)
    const offset = Number(query.offset)
    const some = Array.from({ length: 100 }, (_, place): Example => {
      return { id: `${offset + place}`, label: null, shown: { type: 'text', text: '' } }
    })
    return { revision: 1, total: 1000, examples: some }
  }
  const pages = new ExamplePages({ examples })
  await pages.ask({ label: 'spam' })
  expect(pages.total.value).toBe(1000)
  expect(pages.at(7)?.id).toBe('7')
  expect(pages.at(250)).toBeUndefined()
  expect(pages.at(251)).toBeUndefined()
  await Promise.resolve()
  await Promise.resolve()
  expect(pages.at(251)?.id).toBe('251')
  expect(asked).toEqual([
    { label: 'spam', offset: 0, limit: 100 },
    { label: 'spam', offset: 200, limit: 100 },
  ])
  const again = pages.ask({ label: 'spam' })
  expect(pages.at(251)?.id).toBe('251')
  await again
  await pages.ask({})
  expect(pages.at(251)).toBeUndefined()
})
