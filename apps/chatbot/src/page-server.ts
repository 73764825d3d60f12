import { readFile } from 'node:fs/promises'
import { serve, type ServerType } from '@hono/node-server'
import { OptionError } from '@headstart/core/kit'
import { type Chatbot, chatTask, type ChatQuery, HeadstartError } from '@headstart/nlp'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import * as z from 'zod'
import type { CorrectAnswer, Refusal, ReplyAnswer } from './answers.js'
import { page } from './page.js'

/** Training texts that are shown beside a reply. */
const shown = 3
/** Bytes of a request: a text with its conversation. */
const mostBytes = 64 * 1024

const correction = z.object({ text: z.string().trim().min(1).max(1000), intent: z.string() })

/** The page, and what it asks for. Nothing on it comes from elsewhere. What it learns is the page's, for as long as it is served. */
export async function pageApp(first: Chatbot): Promise<Hono> {
  const app = new Hono()
  let bot = first
  // One correction after the other, each of the bot of the one before.
  let learning: Promise<unknown> = Promise.resolve()
  const own = ["'self'"]
  const nothing = ["'none'"]
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: nothing,
        scriptSrc: own,
        styleSrc: own,
        connectSrc: own,
        imgSrc: ['data:'],
        baseUri: nothing,
        formAction: nothing,
        frameAncestors: nothing,
      },
    }),
    bodyLimit({ maxSize: mostBytes }),
  )
  const style = await readFile(new URL('../src/browser/style.css', import.meta.url), 'utf8')
  const script = await readFile(new URL('../dist/browser/main.js', import.meta.url), 'utf8')
  app.get('/', (c) => c.html(page(first)))
  app.get('/style.css', (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }))
  app.get('/main.js', (c) => c.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }))

  app.post('/reply', async (c) => {
    const query = chatTask.query.safeParse(await json(c.req))
    if (!query.success) return c.json<Refusal>({ error: 'Expected a text, and the context of the reply before.' }, 400)
    return c.json(await replyOf(bot, query.data))
  })
  app.post('/correct', async (c) => {
    const { success, data } = correction.safeParse(await json(c.req))
    if (!success || !bot.intents.includes(data.intent)) {
      return c.json<Refusal>({ error: 'Expected a text, and one of the intents.' }, 400)
    }
    const learned = learning.then(async (): Promise<CorrectAnswer> => {
      const started = performance.now()
      bot = await bot.extend([data], { choose: false })
      const milliseconds = performance.now() - started
      return { milliseconds, texts: bot.model.kept?.examples.length ?? 0, answer: await replyOf(bot, data.text) }
    })
    learning = learned.catch(() => undefined)
    return c.json(await learned)
  })
  app.onError((error, c) => {
    if (error instanceof HeadstartError) return c.json<Refusal>({ error: error.message }, 400)
    throw error
  })
  return app
}

async function replyOf(bot: Chatbot, query: ChatQuery): Promise<ReplyAnswer> {
  const { text, context } = typeof query === 'string' ? { text: query } : query
  return { reply: await bot.reply(text, { context }), nearest: await bot.nearest(text, shown) }
}

/** What was sent; undefined where that is no JSON. */
async function json(request: { json(): Promise<unknown> }): Promise<unknown> {
  return request.json().catch(() => undefined)
}

/**
 * Serves it on this machine alone.
 * @param port 0 takes any that is free.
 * @throws OptionError when the port is taken or not allowed.
 */
export async function servePage(
  app: Hono,
  port: number,
): Promise<{ readonly address: string; readonly server: ServerType }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (info) =>
      resolve({ address: `http://127.0.0.1:${info.port}/`, server }),
    )
    server.once('error', (error: NodeJS.ErrnoException) => {
      const got = error.code === 'EADDRINUSE' ? `${port}, which another program uses` : `${port} (${error.message})`
      reject(new OptionError('option "port"', 'a free port', got, 'Name another one, or 0 for any.', { cause: error }))
    })
  })
}
