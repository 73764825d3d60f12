import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { modelFiles, random, readRegularFile } from '@headstart/core/kit'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { publish, vitFiles } from '@headstart/vision/test'
import { imageTask } from '@headstart/vision'
import { textTask } from '@headstart/nlp'
import { recommendTask } from '@headstart/recommender'
import { grayPicture } from './gray-picture.js'
import { headstart } from './program.js'
import { writeShop } from './shop.js'
import { type Extent, type Row, shareOf } from './table.js'

/** A training that is killed. */
interface Victim {
  readonly name: string
  /** Default true. */
  readonly hasCheckpoints?: boolean
  /** Default: it goes on where it was; a head, which takes seconds, begins anew. */
  readonly again?: readonly string[]
  /** Data and flags of `headstart train`. */
  readonly train: (folder: string) => Promise<readonly string[]>
  readonly load: (folder: string) => Promise<{ close(): Promise<void> }>
}

const load = { text: textTask, image: imageTask, recommend: recommendTask }
const words = ['good', 'fine', 'great', 'lovely', 'bad', 'poor', 'awful', 'nasty']

const victims: readonly Victim[] = [
  {
    name: 'head',
    hasCheckpoints: false,
    again: [],
    train: texts,
    load: (folder) => load.text.load(modelFiles(folder)),
  },
  {
    name: 'text',
    train: async (folder) => [
      ...(await texts(folder)),
      '--unfreeze',
      '1',
      '--strategy',
      'contrastive',
      '--epochs',
      '30',
    ],
    load: (folder) => load.text.load(modelFiles(folder)),
  },
  {
    name: 'tuning',
    train: async (folder) => [...(await texts(folder)), '--unfreeze', '2', '--lora', '4', '--epochs', '30'],
    load: (folder) => load.text.load(modelFiles(folder)),
  },
  {
    name: 'image',
    train: async (folder) => [...(await pictures(folder)), '--unfreeze', '1', '--epochs', '30'],
    load: (folder) => load.image.load(modelFiles(folder)),
  },
  {
    name: 'recommend',
    train: shop,
    load: (folder) => load.recommend.load(modelFiles(folder)),
  },
]

/**
 * Kills a training so many times, mostly after a checkpoint was written, goes on, and compares what is left with the old model, and in
 * the end with a training that nobody killed. One for each kind of training.
 */
export const kills: Readonly<Record<string, (extent: Extent) => Promise<Row[]>>> = Object.fromEntries(
  victims.map((victim) => [`kills-${victim.name}`, async (extent: Extent) => [await killsOf(victim, extent)]]),
)

async function killsOf(
  { name, train, load: open, hasCheckpoints = true, again = ['--resume'] }: Victim,
  extent: Extent,
): Promise<Row> {
  const { uniform } = random(extent.seed)
  const count = shareOf(100, extent)
  const folder = join(extent.folder, `kills-${name}`)
  await mkdir(folder)
  const [cache, old, whole, out] = ['cache', 'old', 'whole', 'out'].map((part) => join(folder, part)) as [
    string,
    string,
    string,
    string,
  ]
  const checkpoint = `${out}.checkpoint`
  const args = await train(folder)
  const wrong: string[] = []
  const run = (to: string, more: readonly string[]) => headstart(cache, ['train', ...args, '--out', to, ...more])
  const must = async (to: string, more: readonly string[]): Promise<number> => {
    const started = performance.now()
    const { code, said } = await run(to, more).ended
    if (code !== 0) throw new TypeError(`${name}: the training that nobody kills failed:\n${said}`)
    return performance.now() - started
  }
  await must(old, ['--seed', '1'])
  const usual = await must(whole, [])
  const expected = { old: await hashes(old), new: await hashes(whole) }
  let [done, met, resumed] = [0, 0, 0]
  while (done < count) {
    await rm(checkpoint, { force: true })
    await rm(out, { recursive: true, force: true })
    await cp(old, out, { recursive: true })
    for (;;) {
      const { child, ended } = run(out, again)
      let isOver = false
      void ended.then(() => (isOver = true))
      const isAimed = hasCheckpoints && uniform() < 0.7
      // Mostly behind a checkpoint; now and then anywhere, and late ones into the saving.
      if (isAimed) await until(() => isOver || existsSync(checkpoint))
      const delay = isAimed ? uniform() * usual * 0.4 : uniform() * usual * 1.1
      await Promise.race([wait(delay), ended])
      const hadCheckpoint = existsSync(checkpoint)
      if (!isOver) child.kill('SIGKILL')
      const { signal, code, said } = await ended
      if (signal !== 'SIGKILL') {
        if (code !== 0) wrong.push(`ended with ${code}: ${said.slice(-200)}`)
        const now = JSON.stringify(await hashes(out))
        if (now !== JSON.stringify(expected.new)) wrong.push('resumed, and ended with other bytes')
        const left = (await readdir(folder)).filter((entry) => entry.endsWith('.tmp'))
        if (left.length > 0) wrong.push(`left ${left.join(', ')}`)
        resumed++
        break
      }
      done++
      if (hadCheckpoint) met++
      try {
        await (await open(out)).close()
        const now = JSON.stringify(await hashes(out))
        if (![expected.old, expected.new].some((one) => JSON.stringify(one) === now))
          wrong.push('neither the old model nor the new one')
      } catch (error) {
        wrong.push(`no whole model: ${(error as Error).message}`)
      }
      // Else it is killed again, behind where it goes on.
      if (done >= count || uniform() < 0.3) {
        const { code: last } = await run(out, again).ended
        if (last !== 0 || JSON.stringify(await hashes(out)) !== JSON.stringify(expected.new))
          wrong.push('ended with other bytes')
        resumed++
        break
      }
    }
  }
  return {
    what: `kills, ${name}`,
    done,
    wrong,
    also: `${met} met a checkpoint, ${resumed} went on to the end: same bytes`,
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(10)
}

/** Of the files that a manifest names, wherever they lie while a save goes on, and of the manifest. */
async function hashes(folder: string): Promise<Record<string, string>> {
  const manifest = await readFile(join(folder, 'headstart.json'))
  const { files } = JSON.parse(manifest.toString()) as { files: Record<string, string> }
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  for (const [name, expected] of Object.entries(files)) {
    const places = [join(folder, name), join(folder, '.next', name)].filter((path) => existsSync(path))
    const found = await Promise.all(places.map(async (path) => hash(await readRegularFile(path))))
    if (!found.includes(expected)) throw new TypeError(`${name} is not whole`)
  }
  return { ...files, manifest: hash(manifest) }
}

async function texts(folder: string): Promise<string[]> {
  const backbone = join(folder, 'bert')
  await writeFiles(backbone, bertFiles())
  const { below } = random(7)
  const sentence = (from: number): string => Array.from({ length: 5 }, () => words[from + below(4)]).join(' ')
  const rows = Array.from(
    { length: 24 },
    (_, place) => `${place % 2 ? 'bad' : 'good'},${sentence(place % 2 ? 4 : 0)} ${place}`,
  )
  await writeFile(join(folder, 'data.csv'), ['label,text', ...rows, ''].join('\n'))
  return [join(folder, 'data.csv'), '--task', 'text', '--backbone', backbone]
}

async function pictures(folder: string): Promise<string[]> {
  const backbone = join(folder, 'vit')
  await publish(backbone, vitFiles())
  for (const [label, level] of [
    ['dark', 40],
    ['light', 200],
  ] as const) {
    await mkdir(join(folder, 'photos', label), { recursive: true })
    for (let place = 0; place < 10; place++)
      await writeFile(join(folder, 'photos', label, `${place}.png`), grayPicture(24, level + place))
  }
  return [join(folder, 'photos'), '--task', 'image', '--backbone', backbone]
}

async function shop(folder: string): Promise<string[]> {
  const path = join(folder, 'shop')
  await writeShop(path)
  return [path, '--task', 'recommend']
}
