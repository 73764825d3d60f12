import type { Environment } from '../environment.js'
import { expectRight } from '../project.js'

/** `require`, of the version of Node that runs this. */
export const commonjs: Environment = {
  name: 'CommonJS require',
  tools: [],
  async run(project) {
    await project.takePrograms()
    await project.write(
      'main.cjs',
      `const { HeadstartError } = require('@headstart/nlp')
       if (HeadstartError !== require('@headstart/vision').HeadstartError) throw new Error('Loaded twice.')
       require('./all.mjs').all().then(console.log)`,
    )
    expectRight(await project.node('main.cjs'))
    return `Node ${process.version}`
  },
}
