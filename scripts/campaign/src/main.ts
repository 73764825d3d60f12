/** `npm run campaign -- [part of a name]... [--seed N] [--share 0.1]`: does what goes wrong on real machines, and prints counts. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { textTable } from '@headstart/core/kit'
import { commandKills } from './command-kills.js'
import { disks } from './disks.js'
import { fetches } from './fetches.js'
import { fuzz } from './fuzz.js'
import { hostile } from './hostile.js'
import { hostileHubs } from './hostile-hubs.js'
import { kills } from './kills.js'
import { memory } from './memory.js'
import type { Extent, Row } from './table.js'
import { writers } from './writers.js'

const parts: Readonly<Record<string, (extent: Extent) => Promise<Row[]>>> = {
  hostile,
  'hostile-hubs': hostileHubs,
  fuzz,
  disks,
  fetches,
  writers,
  memory,
  'kills-commands': commandKills,
  ...kills,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '0' }, share: { type: 'string', default: '1' } },
})
const folder = await mkdtemp(join(tmpdir(), 'headstart-campaign-'))
const extent = { seed: Number(values.seed), share: Number(values.share), folder }
const rows: Row[] = []
for (const [name, part] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.some((word) => name.includes(word))) continue
  console.error(`${name} ...`)
  const found = await part(extent)
  // At once: a campaign takes hours, and who ends it wants to know what there was so far.
  for (const { what, done, wrong, also } of found)
    console.error(`  ${what}: ${done} done, ${wrong.length} wrong; ${also}`)
  rows.push(...found)
}
await rm(folder, { recursive: true, force: true })
console.log(
  textTable([
    ['what', 'done', 'wrong', 'also'],
    ...rows.map(({ what, done, wrong, also }) => [what, String(done), String(wrong.length), also]),
  ]),
)
for (const { what, wrong } of rows) for (const one of wrong.slice(0, 10)) console.log(`${what}: ${one}`)
process.exitCode = rows.some(({ wrong }) => wrong.length > 0) ? 1 : 0
