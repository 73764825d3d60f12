import { defineConfig } from 'vitest/config'

/** Settings of the tests of every package. The counts in test-results.json are summed at the end of `npm test`. */
export const config = defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
    // Against hanging, not for speed: machines differ.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
