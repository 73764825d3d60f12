import { spawn } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { commit, files, id, noise, partialOf, scene, wanted } from '../test/scene.js'
import { fetchModel } from './fetch-model.js'
import { sendRange } from './test/index.js'

describe('a hub', () => {
  it('that sends fewer bytes than it lists is given up', async () => {
    const { options, hub } = await scene()
    hub.interfereInStore = (request, response) => {
      if (!request.url?.includes('onnx')) return undefined
      // Whole by its own account, and the same part whatever is asked for.
      response.writeHead(200, { 'content-length': 100_000 }).end(files['onnx/model.onnx'].subarray(0, 100_000))
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow('a connection that ended after 100000 of 300000 bytes')
    expect(hub.seenByStore.length).toBeLessThan(10)
  })

  it('that sends a byte for each question is given up', async () => {
    const { options, hub } = await scene()
    hub.interfereInStore = (request, response) => {
      if (!request.url?.includes('onnx')) return undefined
      const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
      sendRange(request, response, files['onnx/model.onnx'].subarray(0, start + 1))
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(/a connection that ended after \d of 300000 bytes/)
  })

  it('that sends a few bytes a second is given up', async () => {
    const { options, hub } = await scene()
    hub.interfereInStore = (request, response) => {
      if (!request.url?.includes('onnx')) return undefined
      response.writeHead(200, { 'content-length': 300_000 })
      const drop = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(drop))
      return true
    }
    await expect(fetchModel(id, { ...options, timeout: 200 })).rejects.toThrow(/a connection that brought \d+ bytes in/)
  })

  it('that speaks no HTTP is given up', async () => {
    const { options, hub } = await scene()
    hub.interfereInStore = (request) => {
      if (!request.url?.includes('onnx')) return undefined
      request.socket.end('\0'.repeat(5000))
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(
      expect.objectContaining({
        name: 'HubError',
        fault: 'environment',
        message: expect.stringContaining('no connection (H'),
      }),
    )
  })

  it('that says no size is believed up to what this machine can load', async () => {
    const { options, hub, directory } = await scene()
    hub.interfere = (request, response) => {
      const listing = { sha: commit, siblings: wanted.map((rfilename) => ({ rfilename })) }
      if (request.url?.startsWith('/api/')) response.end(JSON.stringify(listing))
      else if (request.url?.includes('onnx')) {
        response.writeHead(200)
        const more = (): void => void (response.destroyed || response.write(noise(65_536), () => setImmediate(more)))
        more()
      } else return undefined
      return true
    }
    const cache = { directory, maxBytes: 400_000 }
    await expect(fetchModel(id, { ...options, cache })).rejects.toThrow(/expected at most \d+ bytes, got more/)
    expect(await readdir(join(partialOf(directory), '..'))).toEqual([])
  })

  it('that announces more than that is believed in nothing', async () => {
    const { options, hub } = await scene()
    hub.interfere = (request, response) => {
      if (request.url?.startsWith('/api/')) {
        response.end(JSON.stringify({ sha: commit, siblings: wanted.map((rfilename) => ({ rfilename })) }))
        return true
      }
      if (!request.url?.includes('onnx')) return undefined
      response.writeHead(200, { 'content-length': 9e12 }).write('x')
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(/expected at most \d+ bytes, got 9000000000000/)
  })
})

describe('a model that several fetch at once', () => {
  it('is fetched once, in one process', async () => {
    const { options, hub } = await scene()
    const folders = await Promise.all(Array.from({ length: 8 }, () => fetchModel(id, options)))
    expect(folders.map(({ names }) => names)).toEqual(folders.map(() => wanted))
    expect(hub.seenByStore).toHaveLength(2)
  })

  it('is fetched once, in many', async () => {
    const { options, hub, directory } = await scene()
    const script = `
      import { fetchModel } from '@headstart/hub'
      const { names } = await fetchModel('${id}', { endpoint: '${hub.endpoint}', cache: { directory: process.argv[1] } })
      console.log(names.length)`
    const answers = await Promise.all(Array.from({ length: 3 }, () => answerOf(script, directory)))
    expect(answers).toEqual(answers.map(() => `${wanted.length}\n`))
    expect(hub.seenByStore).toHaveLength(2)
    expect((await fetchModel(id, options)).names).toEqual(wanted)
    expect((await readdir(directory)).sort()).toEqual(['some-org--some-model'])
  })

  it('is not waited for where who fetched it was killed', async () => {
    const { options, directory } = await scene()
    await fetchModel(id, options)
    await rm(join(directory, 'some-org--some-model'), { recursive: true })
    const { pid } = spawn(process.execPath, ['--version'])
    await new Promise((resolve) => setTimeout(resolve, 500))
    const lock = join(directory, 'some-org--some-model.lock')
    await writeFile(lock, `${await machine(directory)}-${pid} x`)
    expect((await fetchModel(id, options)).names).toEqual(wanted)
    await expect(readFile(lock)).rejects.toThrow('ENOENT')
  })
})

/** How locks name this machine: as a lock says that is held. */
async function machine(directory: string): Promise<string> {
  const { withLock } = await import('@headstart/core/kit')
  const lock = join(directory, 'any.lock')
  return withLock(lock, async () => (await readFile(lock, 'utf8')).split('-')[0] as string)
}

function answerOf(script: string, directory: string): Promise<string> {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], { cwd })
  let said = ''
  for (const output of [child.stdout, child.stderr]) output.on('data', (bytes: Buffer) => (said += bytes.toString()))
  return new Promise((resolve) => child.on('close', () => resolve(said)))
}
