import { describe, expect, it } from 'vitest'
import { domains, sentences } from './sentences.js'

describe('sentences', () => {
  it.each(domains)('has 1,000 of %s, half of them positive', (domain) => {
    const examples = sentences(domain)
    expect(examples).toHaveLength(1000)
    expect(examples.filter(({ label }) => label === 'positive')).toHaveLength(500)
    expect(examples.every(({ input }) => input.trim() !== '')).toBe(true)
  })
})
