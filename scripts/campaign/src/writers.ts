import { join } from 'node:path'
import { script } from './program.js'
import { savedModels } from './saved-models.js'
import { type Extent, type Row, shareOf } from './table.js'

/** Saves a model again and again, each time with another seed in its manifest; says how often. */
const write = `
  import { loadModel } from '@headstart/nlp'
  import { writeModelFolder } from '@headstart/core/kit'
  const [, saved, out, milliseconds, which] = process.argv
  const { manifest, files } = await (await loadModel(saved)).pack()
  const end = Date.now() + Number(milliseconds)
  let count = 0
  for (; Date.now() < end; count++) {
    const recipe = { ...manifest.recipe, seed: 1e6 * Number(which) + count }
    await writeModelFolder(out, { manifest: { ...manifest, recipe }, files })
  }
  console.log(count)`

/** Loads it again and again; says how often, and what failed. */
const read = `
  import { existsSync } from 'node:fs'
  import { loadModel } from '@headstart/nlp'
  const [, , out, milliseconds] = process.argv
  while (!existsSync(out)) await new Promise((resolve) => setTimeout(resolve, 5))
  const end = Date.now() + Number(milliseconds)
  const failed = []
  let count = 0
  for (; Date.now() < end; count++) {
    const model = await loadModel(out).catch((error) => void failed.push(error.message))
    await model?.close()
  }
  console.log(count)
  for (const one of failed) console.log(one)`

/** Four processes save to one folder for a minute, while two load from it. */
export async function writers(extent: Extent): Promise<Row[]> {
  const out = join(extent.folder, 'contended')
  const milliseconds = String(shareOf(60_000, extent))
  const run = (text: string, count: number) =>
    Promise.all(
      Array.from(
        { length: count },
        (_, which) => script(text, [savedModels.text, out, milliseconds, String(which)]).ended,
      ),
    )
  const [written, loaded] = await Promise.all([run(write, 4), run(read, 2)])
  const lines = loaded.map(({ said }) => said.trim().split('\n'))
  const wrong = [
    ...written.filter(({ code }) => code !== 0).map(({ said }) => `a writer failed: ${said.slice(-300)}`),
    ...loaded.filter(({ code }) => code !== 0).map(({ said }) => `a reader failed: ${said.slice(-300)}`),
    ...lines.flatMap(([, ...failed]) => failed),
  ]
  const sum = (counts: readonly (string | undefined)[]): number =>
    counts.reduce((total, count) => total + Number(count), 0)
  return [
    {
      what: 'loads from a folder that 4 processes save to',
      done: sum(lines.map(([count]) => count)),
      wrong,
      also: `${sum(written.map(({ said }) => said.trim()))} saves`,
    },
  ]
}
