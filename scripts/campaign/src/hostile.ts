import { execFileSync } from 'node:child_process'
import { cp, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { script } from './program.js'
import { savedModels } from './saved-models.js'
import type { Extent, Row } from './table.js'

/** Loads a model and asks it; says with what kind of error it is refused. */
const ask = `
  import { HeadstartError } from '@headstart/core'
  import { loadModel } from '@headstart/nlp'
  const [, folder] = process.argv
  const started = performance.now()
  try {
    const model = await loadModel(folder)
    await model.predict('The food was good.')
    await model.close()
    console.log('answered')
  } catch (error) {
    console.log(error instanceof HeadstartError && error.fault !== 'program' ? 'refused' : 'foreign ' + error.stack)
  }
  console.log(performance.now() - started)`

/** What somebody puts into a model's folder who means harm. */
const harms: Readonly<Record<string, (at: (name: string) => string) => Promise<unknown>>> = {
  'a manifest that is a pipe': async (at) => {
    await rm(at('headstart.json'))
    execFileSync('mkfifo', [at('headstart.json')])
  },
  'a manifest that never ends': (at) => linked('/dev/zero', at('headstart.json')),
  'a network that is a pipe': async (at) => {
    await rm(at('model.onnx'))
    execFileSync('mkfifo', [at('model.onnx')])
  },
  'a network that never ends': (at) => linked('/dev/zero', at('model.onnx')),
  'a network of a terabyte': (at) => truncate(at('model.onnx'), 2 ** 40),
  'a tokenizer of a terabyte': (at) => truncate(at('tokenizer.json'), 2 ** 40),
  'a manifest of 200 MB of lists': (at) => writeFile(at('headstart.json'), Buffer.alloc(2e8, '[')),
  'a manifest of 20 MB of objects': (at) => writeFile(at('headstart.json'), '{"a":'.repeat(4e6)),
  'a manifest that is a folder': async (at) => {
    await rm(at('headstart.json'))
    await mkdir(at('headstart.json'))
  },
  'a link in a circle': async (at) => {
    await rm(at('model.onnx'))
    await symlink('model.onnx', at('model.onnx'))
  },
}

/** Folders made to hang or break who opens them: each is refused by an error of ours, in two seconds. */
export async function hostile(extent: Extent): Promise<Row[]> {
  if (process.platform !== 'linux') return []
  const wrong: string[] = []
  let slowest = 0
  for (const [what, harm] of Object.entries(harms)) {
    const folder = join(extent.folder, `hostile-${what.replaceAll(' ', '-')}`)
    await cp(savedModels.text, folder, { recursive: true })
    await harm((name) => join(folder, name))
    const { child, ended } = script(ask, [folder])
    const watch = setTimeout(() => child.kill('SIGKILL'), 30_000)
    const { said, signal } = await ended
    clearTimeout(watch)
    const [outcome, milliseconds] = said.trim().split('\n')
    slowest = Math.max(slowest, Number(milliseconds))
    if (signal !== null) wrong.push(`${what}: hangs`)
    else if (outcome !== 'refused') wrong.push(`${what}: ${said.slice(0, 400)}`)
    await rm(folder, { recursive: true })
  }
  const also = `slowest ${slowest.toFixed(0)} ms`
  return [{ what: 'hostile folders', done: Object.keys(harms).length, wrong, also }]
}

async function linked(target: string, path: string): Promise<void> {
  await rm(path)
  await symlink(target, path)
}
