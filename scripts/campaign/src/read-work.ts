import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyTask } from '@headstart/core'
import { textTask } from '@headstart/nlp'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { joinParts, readManifest, runStore, runWork, taskWork } from '@headstart/queue'
import { recommendTask } from '@headstart/recommender'
import { createService, folderModel } from '@headstart/serve'
import { Studio } from '@headstart/studio'
import { mutated } from './mutate.js'
import { encoded, type Reader } from './reader.js'
import { savedModels } from './saved-models.js'

const rows = ['text,label', ...Array.from({ length: 12 }, (_, row) => `food ${row},${row % 2 ? 'good' : 'bad'}`), '']
const table = encoded(rows.join('\n'))
const text = textTask as unknown as AnyTask
const shop = recommendTask as unknown as AnyTask
const tasks = [text, shop]

/** What a service is asked: address and body, all of them answered. */
const requests: readonly (readonly [path: string, body: object])[] = [
  ['/models/text/predict', { inputs: ['The food was good.', 'Bad.'] }],
  ['/models/text/explain', { input: 'The food was good.' }],
  ['/models/shop/recommend', { input: { history: ['i1', 'i2'], count: 3 } }],
  ['/models/text', { inputs: ['The food was good.'], parameters: { top_k: 2 } }],
  [
    '/v2/models/text/infer',
    { id: '1', inputs: [{ name: 'input', shape: [1], datatype: 'BYTES', data: ['The food was good.'] }] },
  ],
]

/** Work that lies in folders, and questions that come from elsewhere. */
export const workReaders: readonly Reader[] = [
  {
    name: 'folder of a run',
    async begin(folder) {
      const [whole, damaged, backbone] = ['whole', 'damaged', 'bert'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ]
      await writeFile(join(folder, 'data.csv'), table)
      await writeFiles(backbone, bertFiles())
      const work = await taskWork(text, { kind: 'embed', options: { backbone } })
      await runWork(join(folder, 'data.csv'), work, { out: whole, shardRows: 5 })
      const entries = await readdir(whole, { recursive: true, withFileTypes: true })
      const files = entries.filter((one) => one.isFile()).map(({ parentPath, name }) => join(parentPath, name))
      return async (chance) => {
        await rm(damaged, { recursive: true, force: true })
        await cp(whole, damaged, { recursive: true })
        const path = files[chance.below(files.length)] as string
        await writeFile(path.replace(whole, damaged), mutated(await readFile(path), chance))
        const how = chance.below(3)
        if (how === 0) return runWork(join(folder, 'data.csv'), work, { out: damaged, resume: true })
        if (how === 1) return runStore(damaged)
        const manifest = await readManifest(damaged)
        return manifest && joinParts(damaged, manifest, join(folder, 'joined.parquet'))
      }
    },
  },
  {
    name: 'project of the studio',
    async begin(folder) {
      const [whole, damaged] = ['whole', 'damaged'].map((name) => join(folder, name)) as [string, string]
      const open = (place: string): Promise<Studio> =>
        Studio.open(place, { tasks: tasks.map((task) => ({ name: task.name, load: async () => task })), port: 0 })
      await writeFiles(whole, {
        'data.csv': table,
        'headstart-project.json': { format: 'headstart-project', version: 1, task: 'text', labels: ['good', 'bad'] },
        'history.json': [],
      })
      const studio = await open(whole)
      for (const { id } of (await studio.project.examples()).slice(0, 3))
        await studio.project.move('one away', [{ id, to: null }])
      await studio.project.undo()
      await studio.close()
      const files = (await readdir(whole)).filter((name) => !name.endsWith('.lock'))
      return async (chance) => {
        await rm(damaged, { recursive: true, force: true })
        await cp(whole, damaged, { recursive: true })
        const name = files[chance.below(files.length)] as string
        await writeFile(join(damaged, name), mutated(await readFile(join(whole, name)), chance))
        const opened = await open(damaged)
        try {
          await opened.project.examples()
          await opened.project.undo()
        } finally {
          await opened.close()
        }
      }
    },
  },
  {
    name: 'request of a server',
    async begin() {
      const service = await createService({
        models: [
          folderModel(savedModels.text, async () => text, 'text'),
          folderModel(savedModels.shop, async () => shop, 'shop'),
        ],
        watch: 0,
      })
      return async (chance) => {
        const [path, body] = requests[chance.below(requests.length)] as (typeof requests)[number]
        const isHeader = chance.below(8) === 0
        const bytes = encoded(JSON.stringify(body))
        const headers = { 'content-type': 'application/json', ...(isHeader && headerOf(mutated(bytes, chance))) }
        const sent = isHeader ? bytes : mutated(bytes, chance)
        const request = new Request(`http://localhost${path}`, { method: 'POST', headers, body: Buffer.from(sent) })
        const { status } = await service.fetch(request)
        if (status >= 500) throw new RangeError(`status ${status} to ${path} ${Buffer.from(sent).toString()}`)
      }
    },
  },
]

/** A header that somebody made up. */
function headerOf(bytes: Uint8Array): Record<string, string> {
  const value = Buffer.from(bytes)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '')
  return { [['content-type', 'content-encoding', 'accept', 'authorization'][value.length % 4] as string]: value }
}
