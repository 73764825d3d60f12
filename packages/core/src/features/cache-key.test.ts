import { describe, expect, it } from 'vitest'
import { cacheKey } from './cache-key.js'

describe('cacheKey', () => {
  it('differs in whatever differs', () => {
    const keys = [
      cacheKey('a', 'bc'),
      cacheKey('ab', 'c'),
      cacheKey('', 'abc'),
      cacheKey('a', '\ud800'),
      cacheKey('a', '\ud801'),
      cacheKey('a', ''),
      cacheKey('a', Uint8Array.of(1)),
      cacheKey('a', Uint8Array.of(2)),
      cacheKey('1:a', ''),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    for (const one of keys) expect(one).toMatch(/^[0-9a-f]{64}$/)
    expect(cacheKey('a', 'bc')).toBe(keys[0])
  })
})
