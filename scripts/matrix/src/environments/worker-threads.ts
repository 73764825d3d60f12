import type { Environment } from '../environment.js'
import { expectRight } from '../project.js'

/** Two threads at once, then the main thread. */
export const workerThreads: Environment = {
  name: 'worker threads',
  tools: [],
  async run(project) {
    await project.takePrograms()
    await project.write(
      'threads.mjs',
      `import { Worker } from 'node:worker_threads'
       import { once } from 'node:events'
       import { all } from './all.mjs'
       const worker = new URL('./worker.mjs', import.meta.url)
       const answers = await Promise.all([1, 2].map(async () => (await once(new Worker(worker), 'message'))[0]))
       if (answers[0] !== answers[1]) throw new Error(answers.join(' and '))
       if (answers[0] === await all()) console.log(answers[0])`,
    )
    await project.write(
      'worker.mjs',
      `import { parentPort } from 'node:worker_threads'
       import { all } from './all.mjs'
       parentPort.postMessage(await all())`,
    )
    expectRight(await project.node('threads.mjs'))
    return `Node ${process.version}`
  },
}
