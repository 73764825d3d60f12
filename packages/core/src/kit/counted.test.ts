import { expect, it } from 'vitest'
import { are, counted } from './counted.js'

it('one is one, and others are many', () => {
  expect([0, 1, 2].map((count) => `${counted(count, 'row')} ${are(count)} left out`)).toEqual([
    '0 rows are left out',
    '1 row is left out',
    '2 rows are left out',
  ])
  expect(counted(1, 'class', 'classes')).toBe('1 class')
  expect(counted(2, 'class', 'classes')).toBe('2 classes')
})
