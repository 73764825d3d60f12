import type { Environment } from '../environment.js'
import { rightAnswers } from '../project.js'

/** Two test files, each in a realm of its own. */
export const vitestThreads: Environment = {
  name: 'vitest, vmThreads',
  tools: ['vitest@^4.1.12'],
  async run(project) {
    await project.takePrograms()
    for (const name of ['one', 'two'])
      await project.write(
        `${name}.test.mjs`,
        `import { expect, test } from 'vitest'
         import { all } from './all.mjs'
         test('answers', async () => expect(await all()).toBe('${rightAnswers}'), 300_000)`,
      )
    await project.tool('vitest/vitest.mjs', 'run', '--pool', 'vmThreads')
    return await project.nameOf('vitest')
  },
}
