import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { random } from '@headstart/core/kit'
import { Hub } from './hub.js'
import { script } from './program.js'
import { type Extent, type Row, shareOf } from './table.js'

const fetchOne = `
  import { fetchModel } from '@headstart/hub'
  const [, endpoint, directory] = process.argv
  const { names } = await fetchModel('org/tiny', { endpoint, cache: { directory }, retryDelay: 20 })
  console.log(names.length)`

/** Eight processes want one model; again where one that fetches it is killed. */
export async function fetches(extent: Extent): Promise<Row[]> {
  const { uniform } = random(extent.seed)
  const rounds = shareOf(6, extent)
  const [plain, killed] = [[] as string[], [] as string[]]
  for (let round = 0; round < rounds; round++) {
    // Its files take a while.
    await using hub = await Hub.start(undefined, (response, bytes) => {
      const half = Math.ceil(bytes.length / 2)
      response.write(bytes.subarray(0, half))
      setTimeout(() => response.end(bytes.subarray(half)), 200)
    })
    const count = [...hub.files.keys()].filter((name) => name !== 'README.md').length
    const directory = join(extent.folder, `hub-${round}`)
    const isKilling = round % 2 === 1
    const started = Array.from({ length: isKilling ? 9 : 8 }, () => script(fetchOne, [hub.endpoint, directory]))
    const [victim] = started
    if (isKilling) {
      await wait(500 + 1500 * uniform())
      victim?.child.kill('SIGKILL')
    }
    const endings = await Promise.all(started.slice(isKilling ? 1 : 0).map(({ ended }) => ended))
    const wrong = isKilling ? killed : plain
    for (const { code, said } of endings) if (code !== 0 || Number(said) !== count) wrong.push(said.slice(-300))
    const times = Math.max(...hub.asked.values())
    if (!isKilling && times > 1) wrong.push(`a file was asked for ${times} times`)
  }
  const row = (what: string, wrong: readonly string[], of: number): Row => ({
    what,
    done: 8 * of,
    wrong,
    also: `${of} models, each fetched by 8 processes`,
  })
  return [
    row('fetches at once: one download', plain, Math.ceil(rounds / 2)),
    ...(rounds > 1 ? [row('fetches at once, one of them killed', killed, Math.floor(rounds / 2))] : []),
  ]
}
