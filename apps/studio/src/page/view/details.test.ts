import { expect, it } from 'vitest'
import { detailsInWords } from './details.js'

it('says of a number what it is, and leaves out what is not known', () => {
  expect(detailsInWords({ category: 'coffee', price: '49', brand: '' })).toEqual(['coffee', 'price 49'])
})
