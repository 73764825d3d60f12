import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { random } from '@headstart/core/kit'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { tinyTranslator, writeTranslator } from '@headstart/translation/test'
import { headstart } from './program.js'
import { savedModels } from './saved-models.js'
import { type Extent, type Row, shareOf } from './table.js'

/** A command that writes what it was told, over what an earlier one wrote. */
interface Command {
  readonly name: string
  /** Without `--out`. */
  readonly args: (material: string) => readonly string[]
  /** The same with something else to write. Default: there is nothing before. */
  readonly before?: (material: string) => readonly string[]
  /** Name of what is written. Default: a folder. */
  readonly out?: string
  /** Whether it does its work in shards: what was begun is there, and is gone on with by `--resume`. Default false. */
  readonly inShards?: boolean
}

const commands: readonly Command[] = [
  {
    name: 'extend',
    args: (place) => ['extend', join(place, 'kept'), join(place, 'more.csv')],
    before: (place) => ['extend', join(place, 'kept'), join(place, 'data.csv')],
  },
  {
    name: 'forget',
    args: (place) => ['forget', join(place, 'kept'), 'good food 0'],
    before: (place) => ['forget', join(place, 'kept'), 'bad food 1'],
  },
  {
    name: 'distill',
    args: (place) => ['distill', join(place, 'kept'), join(place, 'many.csv'), '--seed', '1'],
    before: (place) => ['distill', join(place, 'kept'), join(place, 'other.csv'), '--seed', '1'],
  },
  {
    name: 'embed',
    args: (place) => ['embed', join(place, 'data.csv'), '--task', 'text', '--backbone', join(place, 'bert')],
    inShards: true,
  },
  {
    name: 'predict',
    args: (place) => ['predict', join(place, 'kept'), join(place, 'data.csv')],
    before: (place) => ['predict', join(place, 'kept'), join(place, 'more.csv')],
    out: 'answers.csv',
  },
  {
    name: 'translate',
    args: (place) => ['translate', join(place, 'translator'), join(place, 'en.json')],
    out: 'de.json',
  },
  {
    name: 'recommend',
    args: (place) => ['recommend', savedModels.shop, '--users', join(place, 'users.csv')],
    before: (place) => ['recommend', savedModels.shop, '--users', join(place, 'users.csv'), '--k', '2'],
    out: 'lists.parquet',
    inShards: true,
  },
]

/** Kills each of the commands that write: what was there before is whole, or what it was told to write; told again, it comes to its end. */
export async function commandKills(extent: Extent): Promise<Row[]> {
  const material = join(extent.folder, 'commands')
  await mkdir(material)
  await prepare(material)
  const rows: Row[] = []
  for (const command of commands) rows.push(await killsOf(command, material, extent))
  return rows
}

async function killsOf(
  { name, args, before, out: file = 'out', inShards = false }: Command,
  material: string,
  extent: Extent,
): Promise<Row> {
  const { uniform } = random(extent.seed)
  const count = shareOf(20, extent)
  const [old, whole, place] = ['old', 'whole', 'place'].map((part) => join(material, `${name}-${part}`)) as [
    string,
    string,
    string,
  ]
  const wrong: string[] = []
  const run = (folder: string, own: readonly string[]) =>
    headstart(join(material, 'cache'), [...own, '--out', join(folder, file)])
  const must = async (folder: string, own: readonly string[]): Promise<number> => {
    await mkdir(folder, { recursive: true })
    const started = performance.now()
    const { code, said } = await run(folder, own).ended
    if (code !== 0) throw new TypeError(`${name}: what nobody kills failed:\n${said}`)
    return performance.now() - started
  }
  await mkdir(old)
  if (before) await must(old, before(material))
  let usual = await must(whole, args(material))
  const [was, becomes] = [await digest(old), await digest(whole)]
  let [left, done] = [0, 0]
  while (done < count) {
    await rm(place, { recursive: true, force: true })
    await cp(old, place, { recursive: true })
    const { child, ended } = run(place, args(material))
    // Mostly into the writing, which is at the end.
    await Promise.race([wait(usual * (0.4 + 0.7 * uniform())), ended])
    child.kill('SIGKILL')
    const { signal, code, said } = await ended
    if (signal !== 'SIGKILL' && code !== 0) wrong.push(`ended with ${code}: ${said.slice(-200)}`)
    if (signal === 'SIGKILL') {
      done++
      const now = await digest(place)
      if (now === was) left++
      // The folder of a run has the shards that are done.
      else if (now !== becomes && !(inShards && file === 'out')) wrong.push('neither what was there nor what comes')
    }
    const started = performance.now()
    const again = await run(place, [...args(material), ...(inShards ? ['--resume'] : [])]).ended
    // A machine that others use as well is faster at times: what took its time once would mostly be over before it is killed.
    usual = performance.now() - started
    if (again.code !== 0) wrong.push(`told again, it ended with ${again.code}: ${again.said.slice(-200)}`)
    else if ((await digest(place)) !== becomes) wrong.push('told again, it wrote something else')
  }
  return {
    what: `kills, ${name} --out`,
    done,
    wrong,
    also: `${left} left what was there; told again, all came to the end`,
  }
}

/** Names and contents of what lies in a folder, but for what a killed command left beside it, which the next one removes or takes. */
async function digest(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const lines: string[] = []
  for (const path of files.toSorted()) {
    const name = relative(folder, path)
    if (/\.tmp(\/|$)|(^|\/)\.next(\/|$)|\.run\/|\.lock$/.test(name)) continue
    const bytes = (await stat(path)).isFile() ? await readFile(path) : ''
    lines.push(`${name} ${createHash('sha256').update(bytes).digest('hex')}`)
  }
  return lines.join('\n')
}

async function prepare(material: string): Promise<void> {
  const rows = (count: number, of: string): string =>
    [
      'text,label',
      ...Array.from({ length: count }, (_, at) => `${at % 2 ? 'bad' : 'good'} ${of} ${at},${at % 2 ? 'bad' : 'good'}`),
      '',
    ].join('\n')
  await writeFile(join(material, 'data.csv'), rows(24, 'food'))
  await writeFile(join(material, 'more.csv'), rows(40, 'soup'))
  await writeFile(join(material, 'many.csv'), rows(60, 'bread'))
  await writeFile(join(material, 'other.csv'), rows(60, 'cake'))
  await writeFiles(join(material, 'bert'), bertFiles())
  await writeTranslator(join(material, 'translator'), tinyTranslator({ decoders: 'merged' }))
  await writeFile(
    join(material, 'en.json'),
    JSON.stringify(Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`entry${at}`, `open the file ${at}`]))),
  )
  await writeFile(
    join(material, 'users.csv'),
    ['user,item,timestamp', ...Array.from({ length: 60 }, (_, at) => `u${at % 9},i${at % 7},${1.6e9 + at}`), ''].join(
      '\n',
    ),
  )
  const { code, said } = await headstart(join(material, 'cache'), [
    'train',
    join(material, 'data.csv'),
    '--task',
    'text',
    '--backbone',
    join(material, 'bert'),
    '--keep',
    '--out',
    join(material, 'kept'),
  ]).ended
  if (code !== 0) throw new TypeError(`the model to begin with was not trained:\n${said}`)
}
