/** `npm run matrix -- [part of a name]...`: runs a real program in every environment, from packed tarballs, and prints a table. */
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { textTable } from '@headstart/core/kit'
import { serveTarballs } from '../../../benchmarks/src/local-registry.js'
import type { Environment } from './environment.js'
import { environments } from './environments/index.js'
import { makeProject } from './project.js'
import { runProgram } from './run-program.js'
import { Skipped } from './skipped.js'

interface Outcome {
  readonly environment: string
  readonly ran: string
  readonly result: 'passed' | 'failed' | 'skipped'
  readonly seconds: number
}

/** Outside of the workspace, so that nothing is found that a user does not have. */
const folder = join(tmpdir(), 'headstart-matrix')
const packages = ['nlp', 'vision', 'recommender', 'serve', 'onnx'].map((name) => `@headstart/${name}`)
const wanted = process.argv.slice(2).map((word) => word.toLowerCase())
const chosen = environments.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.toLowerCase().includes(word)),
)

const registry = await serveTarballs(await pack(join(folder, 'packed')))
const outcomes: Outcome[] = []
for (const environment of chosen) outcomes.push(await tryOut(environment))
registry.close()

console.log(
  textTable([
    ['environment', 'version', 'result', 'seconds'],
    ...outcomes.map(({ environment, ran, result, seconds }) => [environment, ran, result, seconds.toFixed(0)]),
  ]),
)
process.exitCode = outcomes.some(({ result }) => result === 'failed') ? 1 : 0

/** Packs every package, as it is published. Libraries of other platforms need not be there: nothing installs them. */
async function pack(target: string): Promise<string> {
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  const workspace = ['-r', '--filter', './packages/**', '--filter', './apps/studio', '--config.ignore-scripts=true']
  const cwd = fileURLToPath(new URL('../../..', import.meta.url))
  await runProgram('pnpm', [...workspace, 'pack', '--pack-destination', target], { cwd })
  return target
}

/** @returns What became of it; why it failed is printed. */
async function tryOut({ name, tools, run }: Environment): Promise<Outcome> {
  console.error(`${name} ...`)
  const start = performance.now()
  const outcome = (ran: string, result: Outcome['result']): Outcome => {
    return { environment: name, ran, result, seconds: (performance.now() - start) / 1000 }
  }
  try {
    const place = join(folder, name.replace(/\W+/g, '-').toLowerCase())
    const project = await makeProject(place, registry.address, packages, tools)
    return outcome(await run(project), 'passed')
  } catch (error) {
    if (error instanceof Skipped) return outcome(error.message, 'skipped')
    console.error((error as Error).message)
    return outcome('', 'failed')
  }
}
