import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
const examples = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code as string)

let folder: string
beforeAll(async () => {
  // Inside the package, where imports of the example find their packages.
  const parent = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url))
  await mkdir(parent, { recursive: true })
  folder = await mkdtemp(parent)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the example of README.md', () => {
  it('has at most 15 lines and passes the type check', async () => {
    expect(examples).toHaveLength(1)
    expect(examples[0]?.trimEnd().split('\n').length).toBeLessThanOrEqual(15)
    await writeFile(join(folder, 'example.ts'), examples[0] as string)
    const config = {
      extends: fileURLToPath(new URL('../../../tsconfig.base.json', import.meta.url)),
      compilerOptions: { noEmit: true },
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
    const { bin } = JSON.parse(await readFile(typescript, 'utf8')) as { bin: { tsc: string } }
    await promisify(execFile)(process.execPath, [join(dirname(typescript), bin.tsc), '-p', folder])
  })

  it('runs, saves the model and answers right', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const before = process.cwd()
    process.chdir(folder)
    process.env['HEADSTART_CACHE'] = join(folder, 'cache')
    try {
      await import(/* @vite-ignore */ join(folder, 'example.ts'))
    } finally {
      process.chdir(before)
    }
    const answers = log.mock.calls[0]?.[0] as { label: string }[]
    log.mockRestore()
    expect(answers.map(({ label }) => label)).toEqual(['delivery', 'payment'])
    expect(await readdir(join(folder, 'message-model'))).toContain('model.onnx')
  })
})
