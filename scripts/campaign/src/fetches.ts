import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { random } from '@headstart/core/kit'
import { bertFiles } from '@headstart/nlp/test'
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
    const { hub, asked, count } = await slowHub()
    try {
      const directory = join(extent.folder, `hub-${round}`)
      const endpoint = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`
      const isKilling = round % 2 === 1
      const started = Array.from({ length: isKilling ? 9 : 8 }, () => script(fetchOne, [endpoint, directory]))
      const [victim] = started
      if (isKilling) {
        await wait(500 + 1500 * uniform())
        victim?.child.kill('SIGKILL')
      }
      const endings = await Promise.all(started.slice(isKilling ? 1 : 0).map(({ ended }) => ended))
      const wrong = isKilling ? killed : plain
      for (const { code, said } of endings) if (code !== 0 || Number(said) !== count) wrong.push(said.slice(-300))
      const times = Math.max(...asked.values())
      if (!isKilling && times > 1) wrong.push(`a file was asked for ${times} times`)
    } finally {
      hub.closeAllConnections()
      hub.close()
    }
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

/** A hub whose files take a while. */
async function slowHub() {
  const files = new Map(
    Object.entries(bertFiles()).map(([name, content]) => [
      name,
      Buffer.from(content instanceof Uint8Array ? content : JSON.stringify(content)),
    ]),
  )
  const asked = new Map<string, number>()
  const commit = 'a'.repeat(40)
  const hub = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    if (path.startsWith('/api/')) {
      const siblings = [...files].map(([rfilename, bytes]) => ({
        rfilename,
        size: bytes.length,
        blobId: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
      }))
      return void response.end(JSON.stringify({ sha: commit, pipeline_tag: 'feature-extraction', siblings }))
    }
    const name = path.replace(`/org/tiny/resolve/${commit}/`, '')
    const bytes = files.get(name)
    if (!bytes) return void response.writeHead(404).end()
    asked.set(name, (asked.get(name) ?? 0) + 1)
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
    const range = from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': bytes.length - from, ...range })
    const half = from + Math.ceil((bytes.length - from) / 2)
    response.write(bytes.subarray(from, half))
    setTimeout(() => response.end(bytes.subarray(half)), 200)
  })
  hub.listen(0, '127.0.0.1')
  await once(hub, 'listening')
  const count = [...files.keys()].filter((name) => name !== 'README.md').length
  return { hub, asked, count }
}
