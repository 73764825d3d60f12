import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('train-and-predict.mjs', import.meta.url))
const strace = ['strace', '-f', '--seccomp-bpf', '-qq', '-e', 'trace=connect', '-o']
const traced =
  process.platform === 'linux' && spawnSync(strace[0] ?? '', [...strace.slice(1), '/dev/null', 'true']).status === 0
const folders = ['home', 'cache', 'temporary', 'work']
let root: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'headstart-telemetry-'))
  for (const name of folders) await mkdir(join(root, name))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Runs the program where nothing was before, and gives what it said and left behind. */
async function run(thread: 'main' | 'worker') {
  const [home, cache, temporary, work] = folders.map((name) => join(root, name))
  const { HEADSTART_CACHE: _, ORT_DISABLE_TELEMETRY: __, ...rest } = process.env
  const env = { ...rest, HOME: home, USERPROFILE: home, LOCALAPPDATA: cache, XDG_CACHE_HOME: cache, TMPDIR: temporary }
  const log = join(root, 'connections')
  const [command = '', ...args] = [...(traced ? [...strace, log] : []), process.execPath, program, thread]
  const { stdout, stderr } = spawnSync(command, args, { cwd: work, env, encoding: 'utf8' })
  const left = await Promise.all(folders.map(async (name) => [name, await readdir(join(root, name))]))
  const connections = traced ? ((await readFile(log, 'utf8')).match(/connect\(.*/g) ?? []) : undefined
  return { stdout, stderr, left: Object.fromEntries(left) as Record<string, string[]>, connections }
}

// Without strace connections are not looked for.
const nothing = {
  stdout: 'delivery\n',
  stderr: '',
  left: { home: [], cache: ['headstart'], temporary: [], work: ['model'] },
  connections: traced ? [] : undefined,
}

describe(`what is written${traced ? ' and whom is connected to' : ' (without strace: not whom is connected to)'}`, () => {
  it('by training, asking and saving: the model and the cache; nobody', async () => {
    expect(await run('main')).toEqual(nothing)
  })

  it('by loading and asking in a worker thread, which cannot set variables of the process: nothing more', async () => {
    expect(await run('worker')).toEqual(nothing)
  })
})
