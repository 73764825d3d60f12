import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { connect } from '../src/api/client.js'
import { emptyFolder, openStudio } from './open-studio.js'

/** A studio in a process of its own, as it is built. It says its address. */
const program = `
  import { Studio } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url))}
  import { textTask } from '@headstart/nlp'
  const tasks = [{ name: 'text', load: async () => textTask }]
  console.log((await Studio.open(process.argv[1], { tasks, task: 'text', port: 0 })).url)
`

it('a studio that is killed loses nothing that it said it has, and leaves no half of anything', async () => {
  await using folder = await emptyFolder()
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder.path], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string]
  const client = connect(url)
  const texts = Array.from({ length: 60 }, (_, place) => `Text number ${place}`)
  await client.addRows({ rows: texts.map((text) => ({ text })) })
  const { examples } = await client.examples()
  const said = new Map<string, string>()
  // Two tabs label at once; it is killed while both do.
  const tab = async (label: string, ids: readonly string[]): Promise<void> => {
    for (const id of ids) {
      await client.setLabels({ changes: [{ id, label }] })
      said.set(id, label)
      if (said.size === 20) child.kill('SIGKILL')
    }
  }
  const ids = examples.map(({ id }) => id)
  const tabs = await Promise.allSettled([tab('a', ids.slice(0, 30)), tab('b', ids.slice(30))])
  expect(tabs.map(({ status }) => status)).toContain('rejected')
  await gone

  await using again = await openStudio(folder.path)
  const now = (await again.client.examples()).examples
  expect(now.map(({ shown }) => shown.type === 'text' && shown.text).sort()).toEqual(texts.toSorted())
  const labels = new Map(now.map(({ id, label }) => [id, label]))
  for (const [id, label] of said) expect(labels.get(id)).toBe(label)
  expect(said.size).toBeGreaterThanOrEqual(20)
  // A lock and a file that was being written may be left; every table is whole.
  const rows = (await readFile(join(folder.path, 'data.csv'), 'utf8')).trimEnd().split('\n')
  expect(rows.length - 1).toBe([...labels.values()].filter((label) => label !== null).length)
  expect(await readdir(folder.path)).toEqual(expect.arrayContaining(['data.csv', 'unlabeled.csv', 'journal.jsonl']))
  await again.client.undo()
})
