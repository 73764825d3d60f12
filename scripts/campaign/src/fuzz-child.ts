/** Reads damaged inputs, of one reader after another, and says after each how it went; `fuzz.ts` watches it. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { HeadstartError } from '@headstart/core'
import { random } from '@headstart/core/kit'
import { readers } from './readers.js'

const [folder = '', seed, from, names] = process.argv.slice(2)
/** Where it begins: the reader, and the number of its input. */
const [first, number, count] = JSON.parse(from ?? '') as [string, number, number]
const wanted = JSON.parse(names ?? '') as string[]
let current = ''
process.on('unhandledRejection', (error) =>
  process.send?.({ reader: current, number: -1, foreign: `not awaited: ${String(error)}` }),
)
for (const { name, begin } of readers.filter((reader) => wanted.includes(reader.name)).slice(wanted.indexOf(first))) {
  current = name
  const place = join(folder, name.replaceAll(/\W/g, '-'))
  await mkdir(place, { recursive: true })
  const read = await begin(place)
  for (let input = name === first ? number : 0; input < count; input++) {
    process.send?.({ reader: name, number: input, begun: true })
    const before = process.cpuUsage()
    // One number gives one input, whichever were before it.
    const outcome = await read(random(Number(seed) * 1_000_003 + input)).then(
      () => ({}),
      (error: unknown) =>
        error instanceof HeadstartError && error.fault !== 'program'
          ? { refused: true }
          : { foreign: error instanceof Error ? (error.stack ?? error.message).slice(0, 700) : String(error) },
    )
    // What this process worked: how long it waited for its turn is the machine's business.
    const { user, system } = process.cpuUsage(before)
    process.send?.({ reader: name, number: input, busy: (user + system) / 1000, ...outcome })
  }
}
process.disconnect()
