/** A worker in a process of its own: `worker.ts ADDRESS [MILLISECONDS A ROW]`. */
import { setTimeout as wait } from 'node:timers/promises'
import { takeShards, taskWork } from '../src/index.js'
import { lettersTask } from './letters-task.js'

const [queue = '', pause = '0'] = process.argv.slice(2)
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
await takeShards({
  queue,
  lockSeconds: 1,
  signal: stop.signal,
  async open(said, run) {
    const work = await taskWork(lettersTask(), said, run)
    return {
      ...work,
      async answer(asked, options) {
        await wait(asked.length * Number(pause))
        return work.answer(asked, options)
      },
    }
  },
})
// What waits for a Redis that is away does not hold it.
process.exit()
