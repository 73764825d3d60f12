import { join } from 'node:path'
import type { Environment } from '../environment.js'
import { expectRight, expectServed } from '../project.js'

const libc = { linux: '-glibc', win32: '-msvc' }[process.platform as string] ?? ''
const platform = `@deno/${process.platform}-${process.arch}${libc}`

export const deno: Environment = {
  name: 'Deno',
  tools: [`${platform}@^2.9.6`],
  async run(project) {
    const program = join('node_modules', platform, process.platform === 'win32' ? 'deno.exe' : 'deno')
    await project.takePrograms()
    const run = (script: string) => project.run(program, ['run', '--allow-all', '--node-modules-dir=manual', script])
    expectRight(await run('main.mjs'))
    expectServed(await run('serve.mjs'))
    return (await project.run(program, ['--version'])).split(' (')[0]?.replace('deno', 'Deno') ?? ''
  },
}
