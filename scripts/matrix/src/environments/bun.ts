import { join } from 'node:path'
import type { Environment } from '../environment.js'
import { expectRight, expectServed } from '../project.js'

const platform = `@oven/bun-${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch === 'arm64' ? 'aarch64' : 'x64'}`

export const bun: Environment = {
  name: 'Bun',
  tools: [`${platform}@^1.4.5`],
  async run(project) {
    const program = join('node_modules', platform, process.platform === 'win32' ? 'bin/bun.exe' : 'bin/bun')
    await project.takePrograms()
    expectRight(await project.run(program, ['main.mjs']))
    expectServed(await project.run(program, ['serve.mjs']))
    return `Bun ${(await project.run(program, ['--version'])).trim()}`
  },
}
