import type { Chatbot } from '@headstart/nlp'
import { html } from 'hono/html'

/** The page: a conversation, which browser/main.ts fills. It needs nothing from elsewhere. */
export function page({ intents, model }: Chatbot): ReturnType<typeof html> {
  const texts = model.kept?.examples.length ?? 0
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Ask the bicycle shop</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
        <script type="module" src="/main.js"></script>
      </head>
      <body>
        <header>
          <h1>Ask the bicycle shop</h1>
          <p>
            A bot that tells ${intents.length} intents apart, learned from
            <span id="texts">${texts}</span> texts. Beside each reply stands what it was sure of, and what it learned
            that from.
          </p>
        </header>
        <main>
          <ol id="turns" aria-label="Conversation" aria-live="polite"></ol>
          <form id="form">
            <label for="text">What would you like to know?</label>
            <div>
              <input id="text" name="text" autocomplete="off" maxlength="1000" required />
              <button>Send</button>
            </div>
            <p id="status" role="status"></p>
          </form>
          <template id="intents">
            ${intents.map((intent) => html`<option value="${intent}">${intent.replaceAll('_', ' ')}</option>`)}
          </template>
        </main>
        <noscript>This page needs JavaScript.</noscript>
      </body>
    </html>`
}
