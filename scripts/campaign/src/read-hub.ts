import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fetchModel } from '@headstart/hub'
import { Hub, id } from './hub.js'
import { mutated } from './mutate.js'
import { encoded, type Reader } from './reader.js'

/** What a hub answers. */
export const hubReaders: readonly Reader[] = [
  {
    name: 'list of a hub',
    async begin(folder) {
      let list: Uint8Array = new Uint8Array()
      const hub = await Hub.start((_, response, file) => {
        if (file !== undefined) return false
        response.end(list)
        return true
      })
      const whole = encoded(hub.list())
      return async (chance) => {
        list = mutated(whole, chance)
        const directory = join(folder, 'cache')
        await rm(directory, { recursive: true, force: true })
        const options = { endpoint: hub.endpoint, cache: { directory }, retryDelay: 1, timeout: 500 }
        const [outcome] = await Promise.allSettled([fetchModel(id, options)])
        const beside = (await readdir(folder)).filter((name) => name !== 'cache')
        if (beside.length > 0) throw new RangeError(`wrote ${beside.join(', ')} beside the cache`)
        if (outcome.status === 'rejected') throw outcome.reason
      }
    },
  },
]
