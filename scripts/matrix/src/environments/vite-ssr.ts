import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../environment.js'
import { expectRight } from '../project.js'

export const viteSsr: Environment = {
  name: 'Vite, SSR build',
  tools: ['vite@^8.4.0'],
  async run(project) {
    await project.takePrograms('src')
    await project.tool('vite/bin/vite.js', 'build', '--ssr', 'src/main.mjs', '--logLevel', 'warn')
    await rm(join(project.folder, 'src'), { recursive: true })
    expectRight(await project.node('dist/main.mjs'))
    return await project.nameOf('vite')
  },
}
