import { execFile } from 'node:child_process'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { fileWriter, parquetWrite } from 'hyparquet-writer'
import { expect, it } from 'vitest'
import { folderOf } from './temporary-folder.js'

const rows = 60_000
/** Something beside that nobody asked for: what makes such files large. */
const agent = (row: number): string => `${row.toString(36)} `.repeat(280)
const [users, items] = [5_000, 900]

/** Reads a shop in a process whose heap is half of the file, and says what came of it. */
const script = `
  import { readShop } from '@headstart/recommender'
  const before = process.resourceUsage().maxRSS
  const { interactions, catalog } = await readShop(process.argv[1])
  const grown = (process.resourceUsage().maxRSS - before) * 1024
  console.log(JSON.stringify({ rows: interactions.item.length, users: interactions.users.length, items: catalog.size, last: interactions.time.at(-1), grown }))
`

async function writeCsv(path: string): Promise<void> {
  const file = await open(path, 'w')
  await file.write('user,item,timestamp,agent\n')
  for (let start = 0; start < rows; start += 1000) {
    const some = Array.from({ length: 1000 }, (_, place) => start + place)
    await file.write(
      some.map((row) => `u${row % users},i${row % items},${1_600_000_000 + row},${agent(row)}\n`).join(''),
    )
  }
  await file.close()
}

function writeParquet(path: string): void {
  const all = Array.from({ length: rows }, (_, row) => row)
  parquetWrite({
    writer: fileWriter(path),
    codec: 'UNCOMPRESSED',
    rowGroupSize: 2_000,
    columnData: [
      { name: 'user', data: all.map((row) => `u${row % users}`), type: 'STRING' },
      { name: 'item', data: all.map((row) => `i${row % items}`), type: 'STRING' },
      { name: 'timestamp', data: all.map((row) => 1_600_000_000 + row), type: 'INT32' },
      { name: 'agent', data: all.map(agent), type: 'STRING' },
    ],
  })
}

it.each([
  ['interactions.csv', writeCsv],
  ['interactions.parquet', writeParquet],
] as const)('%s: a file larger than memory is read row by row', async (name, write) => {
  const folder = await folderOf({})
  await write(join(folder, name))
  const { size } = await stat(join(folder, name))
  const megabytes = 32
  expect(size).toBeGreaterThan(2 * megabytes * 2 ** 20)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    // What is young is kept small too: else, in a heap of this size, most of the time goes to collecting it.
    [`--max-old-space-size=${megabytes}`, '--max-semi-space-size=2', '--input-type=module', '--eval', script, folder],
    {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    },
  )
  const { grown, ...read } = JSON.parse(stdout) as Record<string, number>
  expect(read).toEqual({ rows, users, items, last: 1_600_000_000 + rows - 1 })
  // Nor does it lie outside of the heap.
  expect(grown).toBeLessThan(size)
})
