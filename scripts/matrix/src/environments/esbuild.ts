import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../environment.js'
import { expectRight } from '../project.js'

/** One ESM file for Node, without any setting for Headstart, beside the installed packages. */
export const esbuild: Environment = {
  name: 'esbuild, ESM bundle',
  tools: ['esbuild@^0.28.2'],
  async run(project) {
    await project.takePrograms('src')
    const settings = ['--bundle', '--platform=node', '--format=esm', '--log-level=warning']
    await project.run(join('node_modules', '.bin', 'esbuild'), ['src/main.mjs', ...settings, '--outfile=out/main.mjs'])
    await rm(join(project.folder, 'src'), { recursive: true })
    expectRight(await project.node('out/main.mjs'))
    return await project.nameOf('esbuild')
  },
}
