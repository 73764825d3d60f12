import { once } from 'node:events'
import { Catalog, trainRecommender } from '@headstart/recommender'
import { beforeAll, describe, expect, it } from 'vitest'
import { pageApp, servePage } from './page-server.js'

const catalog = new Catalog([
  { id: '01' },
  { id: 'b', title: 'Bee, "B" & <b>', texts: ['yellow', 'black'] },
  { id: 'c', title: 'Cee' },
])
const interactions = {
  users: ['u', 'v'],
  user: Int32Array.of(0, 0, 1, 1),
  item: Int32Array.of(1, 2, 1, 2),
  time: Float64Array.of(0, 1, 2, 3),
  clock: 'order',
  value: undefined,
  valueKind: 'none',
} as const
let app: Awaited<ReturnType<typeof pageApp>>
beforeAll(async () => {
  const model = await trainRecommender({ name: 'shop', catalog, interactions })
  app = await pageApp(model, { title: 'A <shop>', introduction: 'All & more.', history: 'Cart' })
})

const json = async (path: string): Promise<unknown> => (await app.request(path)).json()

describe('the server of the page', () => {
  it('escapes what it writes into the page, and lets nothing from elsewhere run on it', async () => {
    const response = await app.request('/')
    const html = await response.text()
    expect(html).toContain('<h1>A &lt;shop&gt;</h1>')
    expect(html).toContain('<p>All &amp; more.</p>')
    expect(html).not.toMatch(/https?:/)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await app.request('/main.js')).headers.get('content-type')).toContain('text/javascript')
    expect((await app.request('/none')).status).toBe(404)
  })

  it('finds items by their id, title and texts, those that most took first', async () => {
    expect(await json('/catalog')).toMatchObject({
      found: 3,
      items: [{ id: 'b' }, { id: 'c' }, { id: '01', title: '01', text: '' }],
    })
    expect(await json('/catalog?search=BLACK+bee')).toEqual({
      found: 1,
      items: [{ id: 'b', title: 'Bee, "B" & <b>', text: 'yellow · black' }],
    })
    expect(await json('/catalog?search=bees')).toEqual({ found: 0, items: [] })
  })

  it('recommends with reasons, and says which ids it does not know', async () => {
    const answer = await json('/recommendations?have=zzz&have=c&have=c')
    expect(answer).toMatchObject({
      history: [{ id: 'c' }],
      unknown: ['zzz'],
      recommendations: [
        { id: 'b', because: ['Cee'] },
        { id: '01', because: [] },
      ],
    })
    expect(await json('/recommendations')).toMatchObject({
      history: [],
      recommendations: [{ because: [] }, { because: [] }, { because: [] }],
    })
  })

  it('serves on this machine alone, and says when a port is taken', async () => {
    const { address, server } = await servePage(app, 0)
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect((await fetch(address)).status).toBe(200)
    await expect(servePage(app, Number(new URL(address).port))).rejects.toThrow(
      /expected a free port, got \d+, which another program uses/,
    )
    server.close()
    await once(server, 'close')
  })
})
