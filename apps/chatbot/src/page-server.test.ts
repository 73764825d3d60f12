import { chatbot, universalSentenceEncoder } from '@headstart/nlp'
import { beforeAll, describe, expect, it } from 'vitest'
import { pageApp, servePage } from './page-server.js'
import { shop } from './shop.js'

let app: Awaited<ReturnType<typeof pageApp>>
beforeAll(async () => {
  // A strength that is given is quickest, and leaves the answers less sure than they are: nothing is asked back.
  app = await pageApp(
    await chatbot(await universalSentenceEncoder(), await shop('train'), { keep: true, l2: 1e-4, odds: 1 }),
  )
})

async function post(path: string, body: unknown): Promise<{ status: number; answer: Record<string, unknown> }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await app.request(path, { method: 'POST', body: text })
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
}

describe('the server of the page', () => {
  it('lets nothing from elsewhere run on its page', async () => {
    const response = await app.request('/')
    expect(await response.text()).toContain('<option value="opening_hours">opening hours</option>')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await app.request('/main.js')).headers.get('content-type')).toContain('text/javascript')
  })

  it('replies with the texts that it learned that from, and goes on with a conversation', async () => {
    const first = await post('/reply', { text: 'Can I book a service for my mountain bike?' })
    expect(first.answer).toMatchObject({
      reply: { intent: 'repair_appointment', asks: { slot: 'day' }, slots: { bicycle: 'mountain bike' } },
      nearest: [{ intent: 'repair_appointment' }, {}, {}],
    })
    const { context } = first.answer['reply'] as { context: object }
    const second = await post('/reply', { text: 'tomorrow', context })
    expect(second.answer['reply']).toMatchObject({ answer: expect.stringContaining('your mountain bike on 20') })
  })

  it('learns what it is told, one text after the other', async () => {
    const text = 'My saddle has worn through'
    const before = await post('/reply', { text })
    expect(before.answer['reply']).not.toMatchObject({ intent: 'warranty' })
    const both = await Promise.all([
      post('/correct', { text, intent: 'warranty' }),
      post('/correct', { text: 'The saddle has a hole already', intent: 'warranty' }),
    ])
    expect(both.map(({ answer }) => answer['texts'])).toEqual([241, 242])
    expect((await post('/reply', { text })).answer).toMatchObject({
      reply: { intent: 'warranty' },
      nearest: [{ text, intent: 'warranty' }, {}, {}],
    })
  })

  it.each([
    ['/reply', 'no JSON'],
    ['/reply', { text: 7 }],
    ['/reply', { text: 'x', context: { waits: 'x' } }],
    ['/correct', { text: 'x', intent: 'no such' }],
    ['/correct', { text: ' ', intent: 'warranty' }],
    ['/correct', { text: 'x'.repeat(1001), intent: 'warranty' }],
  ])('refuses %s of %j', async (path, body) => {
    const { status, answer } = await post(path, body)
    expect(status).toBe(400)
    expect(answer['error']).toMatch(/^Expected a text/)
  })

  it('says that a port is taken', async () => {
    const { address, server } = await servePage(app, 0)
    await expect(servePage(app, Number(new URL(address).port))).rejects.toThrow(/which another program uses/)
    server.close()
  })
})
