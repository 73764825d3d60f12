import type { RecommenderModel } from '@headstart/recommender'
import { html } from 'hono/html'

/** What things are called on the page. */
export interface Wording {
  readonly title: string
  /** One or two sentences below the title. */
  readonly introduction: string
  /** Heading of what has been picked. */
  readonly history: string
}

/** Of the built-in lists of npm packages, or of a shop. */
export function wordingOf(
  { items, users, interactions }: Pick<RecommenderModel['training'], 'items' | 'users' | 'interactions'>,
  isBuiltIn: boolean,
): Wording {
  return {
    title: isBuiltIn ? 'Which npm packages go together?' : 'What goes together?',
    introduction: `Learned from ${users} ${isBuiltIn ? 'packages' : 'users'}, ${interactions} choices among ${items} items. Add what somebody has: the recommendations change at once.`,
    history: isBuiltIn ? 'Your project' : 'Picked',
  }
}

/** The page: three lists, which browser/main.ts fills. It needs nothing from elsewhere. */
export function page({ title, introduction, history }: Wording): ReturnType<typeof html> {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
        <script type="module" src="/main.js"></script>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p>${introduction}</p>
        </header>
        <main>
          <section aria-labelledby="catalog-heading">
            <h2 id="catalog-heading">Catalog</h2>
            <label for="search">Search</label>
            <input id="search" type="search" autocomplete="off" spellcheck="false" />
            <p id="found" role="status"></p>
            <ul id="catalog"></ul>
          </section>
          <section aria-labelledby="history-heading">
            <h2 id="history-heading" tabindex="-1">${history}</h2>
            <ul id="history"></ul>
            <button id="clear" type="button">Remove all</button>
          </section>
          <section aria-labelledby="recommendations-heading">
            <h2 id="recommendations-heading" tabindex="-1">Recommended</h2>
            <p id="status" role="status"></p>
            <ol id="recommendations"></ol>
          </section>
        </main>
        <noscript>This page needs JavaScript.</noscript>
      </body>
    </html>`
}
