import { createServer as createNodeServer, type RequestListener, type Server as NodeServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createService, openModel, type Service } from '../src/index.js'
import { toyModel, toyTask } from './toy.js'

let service: Service
let node: NodeServer | undefined
beforeEach(async () => {
  service = await createService({ models: [openModel('letters', toyTask().task, toyModel().trained)], bodyLimit: 100 })
})
afterEach(async () => {
  node?.closeAllConnections()
  await new Promise((resolve) => (node ? node.close(resolve) : resolve(undefined)))
  node = undefined
  await service.close()
})

async function listening(listener: RequestListener): Promise<string> {
  const made = (node = createNodeServer(listener))
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`
}

/** What an app with the service under /ml and something of its own beside it must do. */
async function expectServes(url: string): Promise<void> {
  const ask = (body: string) =>
    fetch(`${url}/ml/models/letters/predict`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
  const answer = await ask('{"input":"apple"}')
  expect([answer.status, await answer.json()]).toMatchObject([200, { label: 'vowel' }])
  expect(await (await fetch(`${url}/ml/models`)).json()).toMatchObject({ models: [{ name: 'letters' }] })
  expect((await ask('{"input":')).status).toBe(400)
  expect((await ask(JSON.stringify({ input: 'a'.repeat(200) }))).status).toBe(413)
  expect((await fetch(`${url}/ml/`)).headers.get('content-type')).toMatch(/^text\/html/)
  expect(await (await fetch(`${url}/mine`)).text()).toBe('mine')
}

describe('in an app of one’s own', () => {
  it('Hono', async () => {
    const app = new Hono()
    app.get('/mine', ({ text }) => text('mine'))
    app.mount('/ml', service.fetch)
    await expectServes(await listening(getRequestListener(app.fetch, { overrideGlobalObjects: false })))
  })

  it('Express', async () => {
    const app = express()
    app.use('/ml', service.listener)
    app.use(express.json())
    app.get('/mine', (_, response) => void response.send('mine'))
    await expectServes(await listening(app))
  })

  it('Fastify', async () => {
    const app = fastify()
    app.addHook('onRequest', (request, reply, done) => {
      if (!request.raw.url?.startsWith('/ml/')) return done()
      reply.hijack()
      request.raw.url = request.raw.url.slice('/ml'.length)
      service.listener(request.raw, reply.raw)
    })
    app.get('/mine', async () => 'mine')
    await app.ready()
    await expectServes(await listening(app.routing))
    await app.close()
  })

  it('no server at all', async () => {
    const request = new Request('http://somewhere/models/letters', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"inputs":"apple"}',
    })
    expect(await (await service.fetch(request)).json()).toMatchObject([[{ label: 'vowel' }, { label: 'consonant' }]])
  })
})
