import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Answer, commit, Hub, id } from './hub.js'
import { script } from './program.js'
import type { Extent, Row } from './table.js'

/** Fetches a model; says with what kind of error it is refused, and how long that took. */
const fetchOne = `
  import { HeadstartError } from '@headstart/core'
  import { fetchModel } from '@headstart/hub'
  const [, endpoint, directory] = process.argv
  const cache = { directory, maxBytes: 4e6 }
  await fetchModel('${id}', { endpoint, cache, retryDelay: 10, timeout: 300 }).then(
    () => console.log('fetched'),
    (error) => console.log(error instanceof HeadstartError && error.fault !== 'program' ? 'refused' : 'foreign ' + error.stack),
  )`

const network = 'onnx/model.onnx'
const listOf = (files: readonly object[]): string => JSON.stringify({ sha: commit, siblings: files })
/** Answers the question for the list so. */
const listing =
  (list: string | Buffer): Answer =>
  (_, response, file) => {
    if (file !== undefined) return false
    response.end(list)
    return true
  }
/** Answers the question for the network so. */
const sending =
  (answer: Answer): Answer =>
  (request, response, file) =>
    file === network ? (answer(request, response, file), true) : false

/** A gigabyte of zeros, packed by gzip into a megabyte. */
const bomb = gzipSync(Buffer.alloc(2 ** 30), { level: 1 })
function packed(response: ServerResponse): void {
  response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb)
}

/** What a hub does that means harm. */
const harms: Readonly<Record<string, Answer>> = {
  'says nothing': () => true,
  'says nothing once it has begun': sending((_, response) => void response.writeHead(200).write('x')),
  'sends a few bytes a second': sending((_, response) => {
    response.writeHead(200, { 'content-length': 1e6 })
    const drop = setInterval(() => response.write('x'), 30)
    response.on('close', () => clearInterval(drop))
  }),
  'sends a list without end': (_, response) => {
    response.writeHead(200)
    const more = (): void => void (response.destroyed || response.write(' '.repeat(65_536), () => setImmediate(more)))
    more()
    return true
  },
  'sends lists in lists': listing(Buffer.alloc(1e7, '[')),
  'sends no list': listing('<html>'),
  'lists a file above the cache': listing(listOf([{ rfilename: '../../../evil' }, { rfilename: network }])),
  'lists a file of the system': listing(listOf([{ rfilename: '/tmp/evil' }, { rfilename: network }])),
  'lists a name of 100,000 characters': listing(listOf([{ rfilename: `onnx/${'a'.repeat(1e5)}.onnx` }])),
  'lists a size below nothing': listing(listOf([{ rfilename: network, size: -1 }])),
  'sends another file': sending((_, response) => void response.end(Buffer.alloc(5000))),
  'sends a file without end': (_, response, file) => {
    if (file === undefined)
      return listing(listOf([{ rfilename: 'config.json' }, { rfilename: network }]))(_, response, file)
    if (file !== network) return false
    response.writeHead(200)
    const more = (): void => void (response.destroyed || response.write(Buffer.alloc(65_536), () => setImmediate(more)))
    more()
    return true
  },
  'announces a terabyte': sending((_, response) => void response.writeHead(200, { 'content-length': 1e12 }).write('x')),
  'redirects in a circle': sending(
    (request, response) => void response.writeHead(302, { location: request.url }).end(),
  ),
  'redirects to a file': sending(
    (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  ),
  'hangs up': sending((request) => void request.socket.destroy()),
  'is overloaded for ever': sending((_, response) => void response.writeHead(503, { 'retry-after': '0' }).end()),
  'packs a gigabyte into a network': sending((_, response) => packed(response)),
  'packs a gigabyte into a list': (_, response, file) => (file === undefined ? (packed(response), true) : false),
  'sends another part than was asked for': sending((request, response) => {
    const total = 5000
    response.writeHead(206, { 'content-range': `bytes 4000-4999/${total}`, 'content-length': 1000 })
    response.end(Buffer.alloc(1000, request.headers.range ?? 'x'))
  }),
  'hangs up in the middle, and then sends parts without end': sending((request, response) => {
    if (request.headers.range === undefined) {
      response.writeHead(200, { 'content-length': 5000 })
      response.write(Buffer.alloc(2500), () => request.socket.destroy())
      return
    }
    response.writeHead(206, { 'content-range': 'bytes 2500-4999/5000' })
    const more = (): void => void (response.destroyed || response.write(Buffer.alloc(65_536), () => setImmediate(more)))
    more()
  }),
  'redirects to a longer and longer address': sending(
    (request, response) => void response.writeHead(302, { location: `${request.url}${'x'.repeat(500)}` }).end(),
  ),
  'asks to come again in a year': sending(
    (_, response) => void response.writeHead(429, { 'retry-after': '31536000' }).end(),
  ),
  'speaks no HTTP': sending((request) => void request.socket.end('\0'.repeat(5000))),
  'lists a hundred thousand files': listing(
    listOf(Array.from({ length: 100_000 }, (_, at) => ({ rfilename: `onnx/${at}.onnx` }))),
  ),
  'lists names that no file can have': listing(
    listOf(
      ['onnx/\0.onnx', 'onnx\\..\\..\\evil.onnx', 'onnx/./../..//evil.onnx', ''].map((rfilename) => ({ rfilename })),
    ),
  ),
  'sends headers of a megabyte': sending((_, response) => void response.writeHead(200, { x: 'x'.repeat(1e6) }).end()),
}

/** Seconds after which a download is given up in which nothing comes, at the timeout that is asked for here. */
const longest = 20

/** Hubs made to hang, fill or leave the cache: each is refused by an error of ours, in a while, and nothing is written outside. */
export async function hostileHubs(extent: Extent): Promise<Row[]> {
  const wrong: string[] = []
  let slowest = 0
  for (const [what, harm] of Object.entries(harms)) {
    await using hub = await Hub.start(harm)
    const folder = join(extent.folder, `hub-that-${what.replaceAll(/\W/g, '-')}`)
    const started = performance.now()
    const { child, ended } = script(fetchOne, [hub.endpoint, join(folder, 'deep', 'cache')])
    const watch = setTimeout(() => child.kill('SIGKILL'), 1000 * longest)
    const { said, signal } = await ended
    clearTimeout(watch)
    slowest = Math.max(slowest, (performance.now() - started) / 1000)
    if (signal !== null) wrong.push(`${what}: hangs`)
    else if (said.trim() !== 'refused') wrong.push(`${what}: ${said.slice(0, 400)}`)
    const outside = existsSync(folder) ? (await readdir(folder)).filter((name) => name !== 'deep') : []
    if (outside.length > 0 || existsSync('/tmp/evil')) wrong.push(`${what}: wrote outside of the cache`)
  }
  return [{ what: 'hostile hubs', done: Object.keys(harms).length, wrong, also: `slowest ${slowest.toFixed(1)} s` }]
}
