import { expect, it } from 'vitest'
import { closestFirst } from './closest-first.js'

it.each([
  ['Cofee', ['coffee', 'baking', 'garden']],
  ['gardening', ['garden', 'baking', 'coffee']],
  ['', ['baking', 'coffee', 'garden']],
])('puts what was meant by %j first', (given, names) => {
  expect(closestFirst(['baking', 'coffee', 'garden'], given)[0]).toBe(names[0])
})
