import { expect, it } from 'vitest'
import { dataset } from './dataset.js'
import { largeEnoughClasses } from './large-enough-classes.js'

const labeled = (labels: string) => dataset([...labels].map((label, index) => ({ input: `${index}`, label })))

it('a class of one example costs itself alone, which is said', () => {
  const said: object[] = []
  const enough = largeEnoughClasses(labeled('aabbcaz'), { onEvent: (event) => void said.push(event) })
  expect(enough.targets).toEqual([...'aabba'])
  expect(enough.labels).toEqual(['a', 'b'])
  expect(said).toEqual([{ type: 'notice', message: expect.stringMatching(/^2 classes are left out.*: "c", "z"/) }])
  for (const whole of [labeled('aabb'), labeled('aab')]) expect(largeEnoughClasses(whole, {})).toBe(whole)
})
