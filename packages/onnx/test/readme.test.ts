import { spawnSync } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readOnnx } from '../src/file.js'
import { float32 } from '../src/tensor.js'
import { fixture } from './fixture.js'
import { runGraph } from './run-graph.js'
import '../src/test/index.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

describe('the examples in the README', () => {
  let folder: string
  let readme: string

  beforeAll(async () => {
    readme = await readFile(join(here, '../README.md'), 'utf8')
    // Inside the package, so that `@headstart/onnx` is found as its users find it.
    folder = await mkdtemp(join(here, '.readme-'))
    await copyFile(fixture('classifier').path, join(folder, 'classifier.onnx'))
    await writeFile(join(folder, 'example.ts'), block('ts'))
    await writeFile(join(folder, 'training.ts'), block('ts', 1))
    await writeFile(join(folder, 'gradients.ts'), block('ts', 2))
    await writeFile(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["*.ts"] }')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const block = (language: string, place = 0): string =>
    [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))][place]?.[1] ?? ''
  const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })

  it('compile', () => {
    const { stdout, status } = node(tsc, '--project', folder)
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('trains from a loss of log(2) to next to none', () => {
    const { stdout, stderr } = node('--import', 'tsx', 'training.ts')
    expect(stderr).toBe('')
    expect(stdout).toBe('0 0.7\n49 0.0\n[ 2, 2 ]\n')
  })

  it('trains with the gradient', () => {
    const { stdout, stderr, status } = node('--import', 'tsx', 'gradients.ts')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const losses = stdout.trim().split('\n').map(Number)
    expect(losses).toHaveLength(20)
    expect(losses.toSorted((a, b) => b - a)).toEqual(losses)
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number))
  })

  it('prints what the README says, and writes a model', async () => {
    const { stdout, stderr, status } = node('--import', 'tsx', 'example.ts')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout.startsWith(block('text'))).toBe(true)
    const numbers = stdout.slice(block('text').length).match(/\[([\d., \n]+)\]/g) ?? []
    const [dims, data] = numbers.map((text) => JSON.parse(text) as number[])
    expect(dims).toEqual([2, 3])
    const expected = [0.125, 0.25, 0.625, 0.125, 0.25, 0.625]
    expect(data ?? []).toBeAllclose(expected)

    const model = await readOnnx(join(folder, 'model.onnx'))
    const { probabilities } = await runGraph(model, { x: float32([2, 3], [1, 2, 3, 4, 5, 6]) })
    expect(probabilities).toBeAllclose(float32([2, 3], expected))
  })
})
