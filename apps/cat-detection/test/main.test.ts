import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { app } from '../src/app.js'
import { drawings } from '../src/drawings.js'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headstart-cats-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ending {
  readonly stdout: string
  readonly stderr: string
  readonly code?: number
}

/** Runs the app to its end, as its users do: in a process of its own. */
async function run(...args: string[]): Promise<Ending> {
  const env = { ...process.env, HEADSTART_CACHE: join(folder, 'cache'), NO_COLOR: '1' }
  return promisify(execFile)(process.execPath, [main, ...args], { env }).catch((error: Ending) => error)
}

/** Runs the app to its end, in this process, which takes a fraction of the time. */
async function runHere(...args: string[]): Promise<Ending> {
  const output = { stdout: '', stderr: '' }
  vi.stubEnv('HEADSTART_CACHE', join(folder, 'cache'))
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: string) => void (output.stdout += `${line}\n`)),
    vi.spyOn(console, 'error').mockImplementation((line: string) => void (output.stderr += `${line}\n`)),
  ]
  try {
    const code = await app(args)
    return { code, stdout: stripVTControlCharacters(output.stdout), stderr: stripVTControlCharacters(output.stderr) }
  } finally {
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
  }
}

/** Scores on a page, in their order, and whether each picture is one of a cat. */
async function figuresOf(page: string): Promise<{ kind: string; score: number }[]> {
  const html = await readFile(page, 'utf8')
  return [...html.matchAll(/<figure class="(\w+)" data-score="([\d.]+)">/g)].map(([, kind, score]) => ({
    kind: kind as string,
    score: Number(score),
  }))
}

describe('the cat detector', () => {
  it('finds cats in a style that it has never seen, far above chance, and takes no tiger for one in most', async () => {
    const page = join(folder, 'drawings.html')
    const { stdout, stderr } = await run('--out', page)
    expect(stderr).toBe('')
    const rows = stdout.split('\n').filter((line) => / \d+ of 1\d\d /.test(line))
    expect(rows.map((row) => row.split(' ')[0])).toEqual(['noto', 'twemoji', 'openmoji', 'fluent-emoji-flat'])
    const precisions = rows.map(
      (row) => [...row.matchAll(/(\d\.\d{3}) \(/g)].map(([, figure]) => Number(figure)).at(-1) as number,
    )
    // By chance it is 0.07.
    for (const averagePrecision of precisions) expect(averagePrecision).toBeGreaterThan(0.5)
    expect(stdout).toMatch(/Tigers, lions and leopards taken for cats: noto \d of 4, twemoji \d of 4/)

    const figures = await figuresOf(page)
    expect(figures.length).toBeGreaterThan(600)
    // In each of the four sections the mistakes come first.
    const isMistake = figures.map(({ kind }) => kind === 'missed' || kind === 'mistaken')
    const beginnings = isMistake.filter((mistake, place) => mistake && !isMistake[place - 1]).length
    expect(beginnings).toBeLessThanOrEqual(4)
    expect(await readFile(page, 'utf8')).toContain('OpenMoji: OpenMoji, CC BY-SA 4.0, https://')
  })

  it('does the same with pictures in a folder, and goes on without those that cannot be read', async () => {
    const photos = join(folder, 'photos')
    for (const label of ['cat', 'other'] as const) {
      await mkdir(join(photos, label === 'cat' ? 'cat' : 'plant'), { recursive: true })
      const some = drawings('twemoji')
        .filter((drawing) => drawing.label === label)
        .slice(0, 12)
      for (const { name, picture } of some)
        await writeFile(join(photos, label === 'cat' ? 'cat' : 'plant', `${name}.svg`), picture)
    }
    await writeFile(join(photos, 'plant', 'note.png'), 'no picture')
    const page = join(folder, 'photos.html')
    const { stdout, stderr } = await runHere('--data', photos, '--out', page)
    expect(stderr).toMatch(/^note: .*1 of 25 inputs cannot be read.*note\.png/s)
    expect(stdout).toMatch(/photos +4 of 8 /)
    expect(await figuresOf(page)).toHaveLength(8)
  })

  it('says what is wrong with a request', async () => {
    expect(await run('--photos', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Usage: main.js [--data FOLDER'),
    })
    expect(await runHere('--data', join(folder, 'none'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('got nothing of that name'),
    })
    await mkdir(join(folder, 'two/dog'), { recursive: true })
    await writeFile(join(folder, 'two/dog/dog.svg'), drawings('noto')[0]?.picture ?? '')
    const wrong = await runHere('--data', join(folder, 'two'))
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'expected a folder "cat" with pictures in it, got the folders "dog". Name another one with --cat',
      ),
    })
  })
})
