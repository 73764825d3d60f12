import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadModel, textTask } from '@headstart/nlp'
import { createServer, folderModel, openModel } from '@headstart/serve'
import { classify } from './classify.mjs'

/** Serves what `classify` saved, from its folder and as it was loaded, and asks over the network. */
const folder = join(await mkdtemp(join(tmpdir(), 'headstart-')), 'texts')
await classify(folder)
const model = await loadModel(folder)
const models = [folderModel(folder, async () => textTask), openModel('mine', textTask, model)]
const server = await createServer({ port: 0, models })
const ask = async (name) => {
  const response = await fetch(`${server.url}/models/${name}/predict`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"inputs":["My package never arrived.","I want my money back on my credit card."]}',
  })
  return (await response.json()).answers.map(({ label }) => label).join(', ')
}
console.log(`served: ${await ask('texts')}; ${await ask('mine')}; ${(await fetch(`${server.url}/metrics`)).status}`)
await server.close()
await model.close()
await rm(folder, { recursive: true })
