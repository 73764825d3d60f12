import { join } from 'node:path'
import type { Environment } from '../environment.js'
import { expectRight, expectServed } from '../project.js'

const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node'

/** Versions of Node, as npm packages bring them: the oldest that is supported, and the newest of each since. */
export const nodeVersions: readonly Environment[] = ['~20.19.0', '^22.0.0', '^24.0.0', '^26.0.0'].map((range) => ({
  name: `Node ${/\d+/.exec(range)?.[0]}`,
  tools: [`node-${platform}@${range}`],
  async run(project) {
    const node = join('node_modules', `node-${platform}`, binary)
    await project.takePrograms()
    expectRight(await project.run(node, ['main.mjs']))
    expectServed(await project.run(node, ['serve.mjs']))
    return `Node ${(await project.run(node, ['--version'])).trim()}`
  },
}))
