import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headstart } from '../src/headstart.js'
import { numberTask } from './number-rows.js'
import { openScene, type Scene } from './scene.js'

const numbers = { name: 'numbers', verb: 'predict', load: async () => numberTask }

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.remove())

describe('headstart init', () => {
  it('lists what there is, where nothing is named', async () => {
    const { code, stdout } = await scene.run(['init'])
    expect(code).toBe(0)
    for (const task of ['text', 'image', 'chat', 'recommend'])
      expect(stdout).toMatch(new RegExp(`^ {2}headstart init ${task} +\\w.*Apache-2\\.0`, 'm'))
    expect(JSON.parse((await scene.run(['init', '--json'])).stdout)).toMatchObject({
      samples: [
        { task: 'text', folder: 'messages', description: expect.stringContaining('messages') as string },
        {},
        { task: 'chat' },
        {},
      ],
    })
    expect(await scene.names()).toEqual([])
  })

  it('writes data with their notice, and says which commands follow, with the paths that it wrote', async () => {
    const folder = scene.path('my messages')
    const { code, stdout } = await scene.run(['init', 'text', folder])
    expect(code).toBe(0)
    expect((await readdir(folder)).toSorted()).toEqual(['NOTICE', 'test.csv', 'train.csv'])
    expect(await readFile(join(folder, 'NOTICE'), 'utf8')).toContain('Apache License')
    const commands = [...stdout.matchAll(/^ {2}headstart (.*)$/gm)].map(([, command]) => command)
    expect(commands).toEqual([
      `train "${folder}/train.csv" --task text --out "${folder}-model"`,
      `evaluate "${folder}-model" "${folder}/test.csv"`,
      `predict "${folder}-model" "The van drove right past our house."`,
      `compare "${folder}/train.csv" --task text --shots 16 --methods no-transfer,untrained,frozen`,
    ])
  })

  it('prints the documented fields', async () => {
    const folder = scene.path('drawings')
    const { stdout } = await scene.run(['init', 'image', folder, '--json'])
    const { files, commands, ...rest } = JSON.parse(stdout) as { files: string[]; commands: string[] }
    expect(rest).toEqual({ task: 'image', folder, description: expect.any(String), bytes: expect.any(Number) })
    expect(files).toHaveLength(153)
    for (const file of files) expect((await readFile(join(folder, file))).length).toBeGreaterThan(100)
    expect(commands[2]).toBe(`headstart predict ${folder}-model ${folder}/test/animal/otter.jpg`)
  })

  it('names the commands as they are typed here', async () => {
    let text = ''
    const stdout = new Writable({ write: (chunk: Buffer, _, done) => ((text += chunk.toString()), done()) })
    const terminal = { stdin: Readable.from([]), stdout, stderr: stdout, signal: new AbortController().signal }
    await headstart(['init', 'recommend', scene.path('shop')], { ...terminal, program: 'npx headstart' })
    expect(text).toMatch(/^ {2}npx headstart recommend \S+shop-model --history coffee-5,coffee-8 --explain$/m)
  })

  it('writes all or nothing', async () => {
    const before = await scene.names()
    const stdout = new Writable({ write: (_, __, done) => done() })
    const terminal = { stdin: Readable.from([]), stdout, stderr: stdout, signal: AbortSignal.abort() }
    expect(await headstart(['init', 'text', scene.path('half')], terminal)).toBe(1)
    expect(await scene.names()).toEqual(before)
  })

  it('never writes where something stands', async () => {
    const mine = await scene.folder('mine', { 'train.csv': 'mine' })
    await writeFile(scene.path('file'), 'mine')
    const { code, stdout, stderr } = await scene.run(['init', 'text', mine])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/mine: expected a folder that is not there yet, got one that is\. Nothing was changed/)
    expect((await scene.run(['init', 'text', scene.path('file')])).stderr).toContain('got a file')
    expect((await scene.run(['init', 'text', scene.path('none/messages')])).stderr).toContain('create the folder')
    expect(await readFile(join(mine, 'train.csv'), 'utf8')).toBe('mine')
    expect(await readdir(mine)).toEqual(['train.csv'])
  })

  it('names the tasks that there are', async () => {
    const { code, stderr } = await scene.run(['init', 'video'])
    expect(code).toBe(2)
    expect(stderr).toContain('Allowed choices are text, image, chat, translate, recommend.')
  })

  it('says so where a task brings no data', async () => {
    const other = await openScene([numbers])
    const { code, stderr } = await other.run(['init', 'numbers'])
    expect(code).toBe(2)
    expect(stderr).toContain('expected a task with data to try, got numbers, which has none. Begin with your own data')
    expect((await other.run(['train', '--task', 'numbers', 'none.txt'])).stderr).not.toContain('No data yet')
    await other.remove()
  })
})

describe('who has no data', () => {
  it.each([
    [['train', '--task', 'text'], /headstart init text writes some to try/],
    [['train', 'reviews.csv', '--task', 'text'], /nothing of that name.*\nNo data yet\? headstart init text writes/],
    [['compare', 'shop', '--task', 'recommend'], /No data yet\? headstart init recommend writes/],
    [['train'], /--task <task>' not specified: one of text, .*\n.*headstart init writes data to try/],
    [[], /headstart init text/],
  ])('is led to init: headstart %s', async (args, says) => {
    const { code, stderr } = await scene.run(args)
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
  })
})
