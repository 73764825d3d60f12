import { connect as connectSocket } from 'node:net'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { studioHeader } from '../src/api/client.js'
import { emptyFolder, openStudio } from './open-studio.js'

const json = { 'content-type': 'application/json', [studioHeader]: '1' }

describe('a request', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>
  let opened: Awaited<ReturnType<typeof openStudio>>
  beforeAll(async () => {
    folder = await emptyFolder()
    opened = await openStudio(folder.path, { task: 'text' })
  })
  afterAll(async () => {
    await opened.studio.close()
    await folder[Symbol.asyncDispose]()
  })
  const send = async (path: string, init: RequestInit) => {
    const response = await fetch(`${opened.studio.url}/api/${path}`, init)
    return { status: response.status, said: await response.text() }
  }
  const total = async () => (await opened.client.examples()).total

  it('under another name is refused: its page was led here', async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${opened.studio.url}/api/project`, { headers: { host: 'studio.example.com' } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(421)
  })

  it('of another origin, or of a form, changes nothing', async () => {
    const body = JSON.stringify({ rows: [{ text: 'x' }] })
    const foreign = await send('examples', {
      method: 'POST',
      headers: { ...json, origin: 'https://example.com' },
      body,
    })
    expect(foreign).toMatchObject({ status: 403, said: expect.stringContaining('no other origin') })
    const form = await send('examples', { method: 'POST', headers: { 'content-type': 'text/plain' }, body })
    expect(form).toMatchObject({ status: 403, said: expect.stringContaining(studioHeader) })
    const typed = await send('examples', { method: 'POST', headers: { [studioHeader]: '1' }, body })
    expect(typed).toMatchObject({ status: 415 })
    expect(await total()).toBe(0)
  })

  it('with JSON of another shape, or with none, says what was expected', async () => {
    const post = (body: string) => send('examples', { method: 'POST', headers: json, body })
    expect(await post('{')).toMatchObject({ status: 400, said: expect.stringContaining('JSON in UTF-8') })
    expect(await post('{"rows":[{"text":5}]}')).toMatchObject({
      status: 400,
      said: expect.stringContaining('rows.0.text'),
    })
    expect(await post('{"rows":[]}')).toMatchObject({ status: 400 })
    expect(await send('next?count=0', {})).toMatchObject({ status: 400 })
    expect(await send('nothing', {})).toMatchObject({ status: 404 })
    expect(await send('examples/x/picture', {})).toMatchObject({ status: 404 })
  })

  it('of 100 MB is refused before it is read', async () => {
    const large = await send('examples', { method: 'POST', headers: json, body: Buffer.alloc(100e6) }).catch(
      () => undefined,
    )
    // A connection that is closed while one sends is an answer as well.
    if (large)
      expect(large).toMatchObject({
        status: 413,
        said: expect.stringContaining('at most 25165824 bytes, got 100000000 bytes'),
      })
    const stream = new Blob([Buffer.alloc(70e6)]).stream()
    const streamed = await send('files?name=a.csv', {
      method: 'POST',
      headers: { [studioHeader]: '1', 'content-type': 'application/octet-stream' },
      body: stream,
      duplex: 'half',
    } as RequestInit).catch(() => undefined)
    if (streamed) expect(streamed.status).toBe(413)
    expect(await total()).toBe(0)
  })

  it('that comes slowly keeps nobody waiting', async () => {
    const { port, hostname } = new URL(opened.studio.url)
    const slow = connectSocket(Number(port), hostname)
    slow.on('error', () => {})
    slow.write(
      `POST /api/examples HTTP/1.1\r\nHost: ${hostname}\r\n${studioHeader}: 1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"rows"`,
    )
    expect(await opened.client.addRows({ rows: [{ text: 'Quick.' }] })).toMatchObject({ added: 1 })
    slow.destroy()
    await opened.client.undo()
  })

  it('takes a drop of 50 MB, and says of each row that it cannot take why', async () => {
    const row = `"${'word '.repeat(100_000)}",long\n`
    const rows = Array.from({ length: 100 }, (_, at) => row.replace('word', `word${at}`))
    const table = new Blob(['text,label\n', ...rows, `"${'x'.repeat(1_000_001)}",longest\n`])
    expect(table.size).toBeGreaterThan(50e6)
    const added = await opened.client.addFile('long.csv', table)
    expect(added).toMatchObject({ added: 100, doubles: 0 })
    expect(added.refused[0]?.message).toContain('expected at most 1000000 characters, got 1000001')
    expect(await opened.client.undo()).toMatchObject({ changed: 100 })
    expect(await total()).toBe(0)
  })

  it('with a file that is no table says so, and takes the next', async () => {
    const { client } = opened
    const nothing = await client.addFile('picture.png', new Blob([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1, 2)]))
    expect(nothing).toMatchObject({ added: 0, refused: [{ name: 'picture.png' }] })
    expect(nothing.refused[0]?.message).not.toContain('/tmp')
    expect(await client.addFile('lines.txt', new Blob(['One.\n\nTwo.\r\n']))).toMatchObject({ added: 2, refused: [] })
    expect(await client.addFile('with.csv', new Blob(['text,label\nThree.,a\nOne.,b\n']))).toMatchObject({ added: 2 })
    expect((await client.examples({ label: 'b' })).examples[0]?.shown).toEqual({ type: 'text', text: 'One.' })
  })

  it('gets no file but those of the page, which may ask no other host', async () => {
    const page = await fetch(opened.studio.url)
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self';/)
    for (const path of ['..%2f..%2fpackage.json', 'assets/../../package.json', '%2e%2e/index.js'])
      expect((await fetch(`${opened.studio.url}/${path}`)).status).toBe(404)
  })
})
