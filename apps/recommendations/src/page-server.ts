import { readFile } from 'node:fs/promises'
import { serve, type ServerType } from '@hono/node-server'
import { OptionError } from '@headstart/core/kit'
import { type Item, type RecommenderModel } from '@headstart/recommender'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { CatalogAnswer, Entry, RecommendationsAnswer } from './answers.js'
import { page, type Wording } from './page.js'

/** Items of the catalog that are shown at once. */
const shown = 50

/** The page, and what it asks for. Nothing on it comes from elsewhere, and nothing else may run on it. */
export async function pageApp(model: RecommenderModel, wording: Wording): Promise<Hono> {
  const app = new Hono()
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
  )
  const style = await readFile(new URL('../src/browser/style.css', import.meta.url), 'utf8')
  const script = await readFile(new URL('../dist/browser/main.js', import.meta.url), 'utf8')
  const entries = await byPopularity(model)
  app.get('/', (c) => c.html(page(wording)))
  app.get('/style.css', (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }))
  app.get('/main.js', (c) => c.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }))
  app.get('/catalog', (c) => c.json(searchCatalog(entries, c.req.query('search') ?? '')))
  app.get('/recommendations', async (c) => c.json(await recommendations(model, c.req.queries('have') ?? [])))
  return app
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

/** All items, those that most users took first. */
async function byPopularity({ catalog, popular }: RecommenderModel): Promise<Entry[]> {
  const scores = await popular.score({ items: new Int32Array(), times: new Float64Array() })
  const numbers = [...catalog.items.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number))
  return numbers.map((number) => entryOf(catalog.items[number] as Item))
}

function searchCatalog(entries: readonly Entry[], search: string): CatalogAnswer {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const items = entries.filter(({ id, title, text }) => {
    const all = `${id} ${title} ${text}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
  return { found: items.length, items: items.slice(0, shown) }
}

async function recommendations(model: RecommenderModel, have: readonly string[]): Promise<RecommendationsAnswer> {
  const { catalog } = model
  const ids = [...new Set(have)]
  const list = await model.recommend(ids, { explain: true })
  return {
    history: ids.flatMap((id) => catalog.items[catalog.numberOf(id) ?? -1] ?? []).map(entryOf),
    unknown: ids.filter((id) => catalog.numberOf(id) === undefined),
    recommendations: list.map(({ item, because }) => ({
      ...entryOf(item),
      because: because.map((reason) => titleOf(reason.item)),
    })),
  }
}

function entryOf(item: Item): Entry {
  return { id: item.id, title: titleOf(item), text: (item.texts ?? []).join(' · ') }
}

/** What people know an item by. */
export function titleOf({ id, title }: Item): string {
  return title ?? id
}
