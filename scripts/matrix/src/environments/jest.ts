import type { Environment } from '../environment.js'
import { rightAnswers } from '../project.js'

/** Two test files in ES modules, as Jest runs them. */
export const jest: Environment = {
  name: 'Jest',
  tools: ['jest@^30.5.2'],
  async run(project) {
    await project.takePrograms()
    await project.write('jest.config.mjs', `export default { testMatch: ['**/*.test.mjs'] }`)
    for (const name of ['one', 'two'])
      await project.write(
        `${name}.test.mjs`,
        `import { all } from './all.mjs'
         test('answers', async () => expect(await all()).toBe('${rightAnswers}'), 300_000)`,
      )
    await project.node('--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand')
    return await project.nameOf('jest')
  },
}
