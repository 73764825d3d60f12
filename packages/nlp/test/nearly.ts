/**
 * What JSON is expected to be, by `toEqual`, where its numbers need not be the same to the last bit: within 1e-6, and
 * 1e-6 of the number itself.
 */
export function nearly(value: unknown): unknown {
  if (typeof value === 'number') return nearlyNumber(value)
  if (Array.isArray(value)) return value.map(nearly)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, nearly(one)]))
}

/** A matcher, such as `expect.closeTo`, which `expect` knows by its methods. */
function nearlyNumber(expected: number): object {
  const name = `nearly ${expected}`
  return {
    $$typeof: Symbol.for('jest.asymmetricMatcher'),
    asymmetricMatch: (got: unknown) =>
      typeof got === 'number' && Math.abs(got - expected) <= 1e-6 + 1e-6 * Math.abs(expected),
    toString: () => name,
    toAsymmetricMatcher: () => name,
  }
}
