import { defineConfig } from 'vitest/config'

/** Settings of the tests of every package. The counts in test-results.json are summed at the end of `npm test`. */
export const config = defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
    // Files share a process and what it has imported: a new one for each costs more than most files do. So a file puts back
    // what it changes of the process (environment, folder, spies), as `afterEach` does.
    isolate: false,
    // Node loads what the packages built by itself; to have Vite transform it first takes longer than most tests.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
    // Threads of onnxruntime that wait spin by default. In tests, which run side by side, this takes more than the work itself.
    env: { HEADSTART_SPIN: '0' },
    // Against hanging, not for speed: machines differ.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
