import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../bin/headstart.js', import.meta.url))

describe('headstart studio', () => {
  let folder: string
  const children: ChildProcess[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headstart-cli-studio-'))
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  /** Starts it, and waits for its address or its end. */
  async function start(...args: string[]) {
    const child = spawn(process.execPath, [program, 'studio', folder, '--port', '0', '--json', ...args])
    children.push(child)
    const said = { out: '', error: '' }
    child.stderr.on('data', (part) => (said.error += part))
    const ends = once(child, 'close').then(([code]) => code as number)
    const ready = new Promise<void>((resolve) =>
      child.stdout.on('data', (part) => {
        said.out += part
        if (said.out.endsWith('\n')) resolve()
      }),
    )
    await Promise.race([ready, ends])
    const url = said.out === '' ? '' : (JSON.parse(said.out) as { url: string }).url
    return { child, url, said, ends }
  }
  const post = async (url: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json', 'x-headstart-studio': '1' }
    const response = await fetch(`${url}/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(response.status).toBe(200)
    return (await response.json()) as { ids: string[] }
  }
  const labels = async (url: string) => {
    const page = (await (await fetch(`${url}/api/examples`)).json()) as { examples: { label: string | null }[] }
    return page.examples.map(({ label }) => label)
  }

  it('opens a folder until it is interrupted, and refuses a second one on it', async () => {
    const first = await start('--task', 'text')
    expect((await (await fetch(first.url)).text()).toLowerCase()).toContain('<!doctype html>')
    const second = await start()
    expect(await second.ends).toBe(2)
    expect(second.said).toMatchObject({ out: '', error: expect.stringContaining('no other studio has open') })
    first.child.kill('SIGTERM')
    expect(await first.ends).toBe(0)
    const other = await start('--task', 'image')
    expect(await other.ends).toBe(2)
    expect(other.said.error).toContain('the task text, which the project has')
  })

  it('loses nothing of what it said was done when it is killed', async () => {
    const first = await start('--task', 'text')
    const { ids } = await post(first.url, 'examples', { rows: ['a', 'b', 'c', 'd'].map((text) => ({ text })) })
    for (const [place, id] of ids.entries())
      await post(first.url, 'labels', { changes: [{ id, label: `class ${place % 2}` }] })
    first.child.kill('SIGKILL')
    await first.ends
    const again = await start()
    expect(await labels(again.url)).toEqual(['class 0', 'class 1', 'class 0', 'class 1'])
    await post(again.url, 'undo', {})
    expect(await labels(again.url)).toEqual(['class 0', 'class 1', 'class 0', null])
    expect(await readFile(join(folder, 'data.csv'), 'utf8')).toBe('text,label\na,class 0\nb,class 1\nc,class 0\n')
  })

  it('says what is wrong with a folder that is none, and with a port that is taken', async () => {
    await writeFile(join(folder, 'headstart-project.json'), '{"format":"headstart-project","version":9,"task":"text"}')
    const newer = await start()
    expect(await newer.ends).toBe(2)
    expect(newer.said.error).toContain('expected a project of version 1, got version 9')
    await rm(join(folder, 'headstart-project.json'))
    const first = await start('--task', 'text')
    const elsewhere = await mkdtemp(join(tmpdir(), 'headstart-cli-studio-'))
    const child = spawn(process.execPath, [program, 'studio', elsewhere, '--port', new URL(first.url).port])
    let error = ''
    child.stderr.on('data', (part) => (error += part))
    expect((await once(child, 'close'))[0]).toBe(1)
    expect(error).toContain('expected an address to listen at, got EADDRINUSE')
    await rm(elsewhere, { recursive: true, force: true })
  })
})
