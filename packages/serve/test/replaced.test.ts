import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createServer, createService, folderModel, openModel, type Server, type ServerOptions } from '../src/index.js'
import { toyFolder, toyModel, type ToyOptions, toyTask } from './toy.js'

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

async function served(options: ServerOptions = {}, toy: ToyOptions = {}) {
  const { folder, replace, put, remove } = await toyFolder('first')
  const { task, opened } = toyTask(toy)
  const source = folderModel(folder, async () => task, 'letters')
  const server: Server = await createServer({ port: 0, watch: 10, models: [source], ...options })
  endings.push(remove, () => server.close())
  const ask = async (): Promise<{ status: number; by: string; connection: string | null }> => {
    const response = await fetch(`${server.url}/models/letters/predict`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"input":"a"}',
    })
    const { by } = (await response.json()) as { by: string }
    return { status: response.status, by, connection: response.headers.get('connection') }
  }
  return { server, replace, put, opened, ask }
}

const soon = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a model that is replaced', () => {
  it('is served while the old one ends after its last answer', async () => {
    const { replace, opened, ask } = await served({ wait: 0 }, { takes: 100 })
    const before = ask()
    await soon(() => opened[0]?.log.batches.length === 1)
    await replace('second')
    await soon(() => opened.length === 2)
    expect(opened[0]?.log.closed).toBe(0)
    expect((await before).by).toBe('first')
    expect((await ask()).by).toBe('second')
    expect(opened.map(({ log }) => log.closed)).toEqual([1, 0])
  })

  it('is asked to the end by who began to ask the old one, slow as he may be', async () => {
    const { server, replace, opened } = await served()
    const { port } = new URL(server.url)
    const socket = connect(Number(port), '127.0.0.1')
    const answer = new Promise<string>((resolve) => socket.on('data', (piece) => resolve(String(piece))))
    const body = '{"inputs":"a"}'
    socket.write(`POST /models/letters HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`)
    socket.write(`Content-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await replace('second')
    await soon(() => opened.length === 2)
    expect(opened[0]?.log.closed).toBe(0)
    socket.write(body.slice(5))
    expect(await answer).toMatch(/^HTTP\/1.1 200 /)
    expect(opened.map(({ log }) => log.batches)).toEqual([[1], []])
    await soon(() => opened[0]?.log.closed === 1)
    socket.destroy()
  })

  it('is asked once before it is served, and goes on where the new one cannot run', async () => {
    const said: string[] = []
    const { folder, replace, remove } = await toyFolder('first')
    let isBroken = false
    const before = async (): Promise<void> => {
      if (isBroken) throw new Error('no such operator')
    }
    const { task, opened } = toyTask({ before })
    const sample = { ...task, sample: { query: 'apple' } as never }
    const models = [folderModel(folder, async () => sample, 'letters')]
    const service = await createService({ models, watch: 0, onEvent: ({ message }) => void said.push(message) })
    endings.push(remove, () => service.close())
    const letters = service.models.get('letters')
    expect(opened[0]?.log.batches).toEqual([1])
    isBroken = true
    await replace('second')
    await letters?.refresh()
    expect(said).toEqual(['model "letters": no such operator; the one before goes on'])
    isBroken = false
    await replace('third')
    await letters?.refresh()
    expect(opened.map(({ log }) => log.closed)).toEqual([1, 1, 0])
  })

  it('by something that is no model goes on, which is said once, and is replaced by the next one', async () => {
    const said: string[] = []
    const { put, replace, ask } = await served({
      onEvent: ({ type, message }) => void said.push(`${type}: ${message}`),
    })
    await put('{"by":')
    await soon(() => said.length > 0)
    expect((await ask()).by).toBe('first')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^refused: model "letters": .*; the one before goes on$/)
    await replace('third')
    await soon(() => said.length > 1)
    expect((await ask()).by).toBe('third')
  })

  it('again and again under load loses no request', async () => {
    const { replace, opened, ask } = await served({ wait: 1 })
    const over = new AbortController()
    const clients = Array.from({ length: 8 }, async () => {
      const answers: Awaited<ReturnType<typeof ask>>[] = []
      while (!over.signal.aborted) answers.push(await ask())
      return answers
    })
    for (let swap = 1; swap <= 6; swap++) {
      await replace(`model ${swap}`)
      await soon(() => opened.length === swap + 1)
    }
    over.abort()
    const answers = (await Promise.all(clients)).flat()
    expect(answers.length).toBeGreaterThan(20)
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    await soon(() => opened.slice(0, -1).every(({ log }) => log.closed === 1))
    expect(opened.at(-1)?.log.closed).toBe(0)
  })
})

describe('a server that is closed', () => {
  it('is not ready at once, answers what is under way, closes connections and models', async () => {
    const { server, opened, ask } = await served({ wait: 0, drain: 1000 }, { takes: 300 })
    const ready = async (): Promise<number> => (await fetch(`${server.url}/health/ready`)).status
    expect(await ready()).toBe(200)
    const asked = ask()
    await soon(() => opened[0]?.log.batches.length === 1)
    const closed = server.close()
    expect(await ready()).toBe(503)
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200)
    expect(await asked).toEqual({ status: 200, by: 'first', connection: 'close' })
    await closed
    expect(opened[0]?.log.closed).toBe(1)
    await expect(ready()).rejects.toThrow(/fetch failed/)
  })

  it('leaves models that are not its own to those who made them', async () => {
    const { trained, log } = toyModel()
    const service = await createService({ models: [openModel('letters', toyTask().task, trained)] })
    await service.close()
    expect(log.closed).toBe(0)
  })
})

describe('models that cannot be served', () => {
  it.each([
    { what: 'the same name twice', names: ['a', 'a'], error: /each name once, got "a" twice/ },
    { what: 'a name that is no part of an address', names: ['../a'], error: /letters, digits/ },
  ])('$what', async ({ names, error }) => {
    const models = names.map((name) => openModel(name, toyTask().task, toyModel().trained))
    await expect(createService({ models })).rejects.toThrow(error)
  })

  it('a folder that is none says so, and an address that is taken', async () => {
    const { task } = toyTask()
    await expect(createServer({ models: [folderModel('/nowhere', async () => task)] })).rejects.toThrow(/JSON/)
    const { server } = await served()
    await expect(createServer({ port: Number(new URL(server.url).port) })).rejects.toThrow(/EADDRINUSE/)
    await expect(createServer({ batch: 0 })).rejects.toThrow(/option "batch": expected a number from 1 on, got 0/)
  })
})
