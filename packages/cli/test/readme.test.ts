import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headstart } from './headstart.js'

const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
const examples = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code as string)
const [printed = ''] = [...readme.matchAll(/^```text\n(.*?)^```/gms)].map(([, text]) => text as string)

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
    await writeFile(join(folder, 'messages.mts'), examples[0] as string)
    const config = {
      extends: fileURLToPath(new URL('../../../tsconfig.base.json', import.meta.url)),
      compilerOptions: { noEmit: true },
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
    const { bin } = JSON.parse(await readFile(typescript, 'utf8')) as { bin: { tsc: string } }
    await promisify(execFile)(process.execPath, [join(dirname(typescript), bin.tsc), '-p', folder])
  })

  it('runs as it stands, saves the model and prints what README.md says', async () => {
    await writeFile(join(folder, 'messages.mjs'), examples[0] as string)
    const env = { ...process.env, HEADSTART_CACHE: join(folder, 'cache') }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['messages.mjs'], { cwd: folder, env })
    expect(stderr).toBe('')
    expect(answersIn(stdout)).toEqual(
      answersIn(printed).map(({ label, probability }) => ({
        label,
        // Machines differ in the last digits.
        probability: expect.closeTo(probability, 1) as number,
      })),
    )
    expect(await readdir(join(folder, 'message-model'))).toContain('model.onnx')
  })
})

/** Lines such as `delivery 0.96`. */
function answersIn(text: string): { label: string; probability: number }[] {
  const lines = text.trimEnd().split('\n')
  return lines.map((line) => ({ label: line.split(' ')[0] ?? '', probability: Number(line.split(' ')[1]) }))
}

describe('the commands of README.md', () => {
  const before = process.cwd()
  const said = new Map<string, string>()
  beforeAll(() => process.chdir(folder))
  afterAll(() => process.chdir(before))

  const commands = [...readme.matchAll(/^ {4}npx headstart (.*)$/gm)].map(([, command = '']) => command)
  it.each(commands)('npx headstart %s', async (command) => {
    const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
    const { code, stdout, stderr } = await headstart(join(folder, 'cache'), words)
    // On a slow machine it is said how far it is.
    const isUsual = (line: string): boolean => line === '' || /^note: |^[a-z -]+ \d+\/\d+$/.test(line)
    expect(stderr.split('\n').filter((line) => !isUsual(line))).toEqual([])
    expect(code).toBe(0)
    said.set(command, stdout)
  })

  const saidOf = (start: string): string => [...said].find(([command]) => command.startsWith(start))?.[1] ?? ''

  it('are those that init says follow', () => {
    const follow = [...said.values()].flatMap((text) => [...text.matchAll(/^ {2}headstart (.*)$/gm)])
    const named = follow.map(([, command]) => command).filter((command) => commands.includes(command as string))
    // Of four data sets four each; pictures are not compared, which takes longest, a shop's model not evaluated, a bot neither.
    expect(follow).toHaveLength(16)
    expect(named).toHaveLength(11)
  })

  it('give the figures that README.md says', () => {
    const accuracy = (method: string): number =>
      Number(new RegExp(`^16 per class +${method} +(0\\.\\d+)`, 'm').exec(saidOf('compare messages'))?.[1])
    const shares = ['frozen', 'no-transfer', 'untrained'].map((method) => Math.round(100 * accuracy(method)))
    const [, ...written] = /network gets (\d+) % .*\s.* alone (\d+) %, .* (\d+) %/.exec(readme) ?? []
    for (const [place, share] of shares.entries()) expect(Math.abs(share - Number(written[place]))).toBeLessThan(4)
    expect(saidOf('compare shop')).toContain('Transfer made no certain difference')
    expect(saidOf('evaluate messages-model')).toMatch(/^accuracy +0\.9/m)
    expect(saidOf('evaluate names-model')).toMatch(/^accuracy +0\.[67]/m)
    expect(saidOf('predict messages-model')).toMatch(/^delivery 0\.9/)
    expect(saidOf('predict drawings-model')).toMatch(/^animal 0\.9/)
    expect(saidOf('recommend shop-model')).toMatch(/^ 1\. .* \[coffee-\d+\]\n.*because you took/)
  })
})
