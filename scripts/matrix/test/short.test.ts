import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { runProgram } from '../src/run-program.js'

const home = dirname(dirname(fileURLToPath(import.meta.url)))
const elsewhere = await mkdtemp(join(tmpdir(), 'headstart-'))
afterAll(() => rm(elsewhere, { recursive: true }))

const right = 'delivery, payment'
const model = (name: string): string => JSON.stringify(join(elsewhere, name))

describe('a program in CommonJS', () => {
  it('requires the packages, which load nothing native before it is needed, and uses them in a worker thread', async () => {
    const program = `
      const { Worker } = require('node:worker_threads')
      process.report.excludeNetwork = true
      const native = () => process.report.getReport().sharedObjects.filter((file) => file.endsWith('.node'))
      for (const name of ['nlp', 'vision', 'recommender', 'core', 'onnx']) require('@headstart/' + name)
      const before = native()
      const work = \`
        const { classify } = require(process.cwd() + '/programs/classify.mjs')
        classify(${model('required')}).then((answer) => require('node:worker_threads').parentPort.postMessage(answer))\`
      new Worker(work, { eval: true }).on('message', (answer) =>
        console.log(JSON.stringify({ before, after: native(), answer })))`
    const output = await runProgram(process.execPath, ['--input-type=commonjs', '-e', program], { cwd: home })
    expect(JSON.parse(output)).toEqual({
      before: [],
      after: [expect.stringContaining('onnxruntime_binding.node')],
      answer: right,
    })
  })
})

describe('a bundle', () => {
  const bundle = async (outfile: string, contents: string, external: string[] = []): Promise<void> => {
    await build({
      stdin: { contents, resolveDir: join(home, 'programs') },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      external,
    })
  }

  it('by esbuild in one ESM file reads weights from the packages that lie beside', async () => {
    const file = join(home, 'out', 'bundle.mjs')
    const entry = `import { classify } from './classify.mjs'; console.log(await classify(${model('bundled')}))`
    // pnpm gives a program the packages that it names itself, and not those that they take along for the platform.
    await bundle(file, entry, ['@headstart/runtime'])
    try {
      expect((await runProgram(process.execPath, [file], { cwd: elsewhere })).trim()).toBe(right)
    } finally {
      await rm(dirname(file), { recursive: true })
    }
  })

  it('without its files says which is missing, where it should be, and what to set', async () => {
    const file = join(elsewhere, 'out', 'bundle.mjs')
    const entry = `import { universalSentenceEncoder } from '@headstart/nlp'; await universalSentenceEncoder().catch((error) => console.log(error.message))`
    await bundle(file, entry)
    const message = await runProgram(process.execPath, [file], { cwd: elsewhere })
    expect(message).toMatch(
      /^@headstart\/nlp: expected its built-in file assets\/universal-sentence-encoder\/(model\.onnx|vocab\.json), got no such file at /,
    )
    expect(message).toContain(join(elsewhere, 'assets', 'universal-sentence-encoder'))
    expect(message).toContain('esbuild: --external:@headstart/*')
    expect(message).toContain('outputFileTracingIncludes')
  })
})
