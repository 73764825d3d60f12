import { describe, expect, it } from 'vitest'
import { sparkline } from './sparkline.js'

describe('sparkline', () => {
  it('draws the lowest number at the bottom and the highest at the top', () => {
    expect(sparkline([0.7, 0.35, 0, 0.1])).toBe('█▅▁▂')
  })

  it('draws one number, and equal ones, as a line', () => {
    expect(sparkline([3])).toBe('▁')
    expect(sparkline([3, 3])).toBe('▁▁')
  })
})
