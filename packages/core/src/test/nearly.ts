/**
 * What JSON is expected to be, by `toEqual`, where its numbers need not be the same to the last bit.
 * @param tolerance How far they may be off, and as a share of the number how much farther.
 */
export function nearly(value: unknown, tolerance = 1e-6): unknown {
  if (typeof value === 'number') return nearlyNumber(value, tolerance)
  if (Array.isArray(value)) return value.map((one) => nearly(one, tolerance))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, nearly(one, tolerance)]))
}

/** A matcher, such as `expect.closeTo`, which `expect` knows by its methods. */
function nearlyNumber(expected: number, tolerance: number): object {
  const name = `nearly ${expected}`
  return {
    $$typeof: Symbol.for('jest.asymmetricMatcher'),
    asymmetricMatch: (got: unknown) =>
      typeof got === 'number' && Math.abs(got - expected) <= tolerance * (1 + Math.abs(expected)),
    toString: () => name,
    toAsymmetricMatcher: () => name,
  }
}
