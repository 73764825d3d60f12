/** A thread that does shards of the toy domain. */
import { parentPort } from 'node:worker_threads'
import { doShardsOf, type OpenWork, taskWork } from '../src/index.js'
import { lettersTask } from './letters-task.js'

const open: OpenWork = (said, run) => taskWork(lettersTask(), said, run)
if (parentPort) await doShardsOf(parentPort, open)
