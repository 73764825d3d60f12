import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { pageScript, pageStyle } from './page-parts.js'
import type { RequestVariables } from './request-context.js'

/** `/`: a page on which each model can be tried. It asks this server alone, and its browser is told to see to that. */
export function pageRoutes(): Hono<RequestVariables> {
  const app = new Hono<RequestVariables>()
  app.get('/', ({ html }) => html(page, 200, { 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' }))
  return app
}

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Headstart: models to try</title>
<style>${pageStyle}</style>
<main>
<h1>Models to try</h1>
<form>
<label>Model <select name="model"></select></label>
<label data-for="text">Input <textarea name="text" rows="4" spellcheck="false"></textarea></label>
<details class="hint" data-for="text"><summary>Fields of the JSON</summary><ul></ul></details>
<label data-for="file">Picture or other file <input type="file" name="file"></label>
<label data-for="token">Token <input type="password" name="token" autocomplete="off"></label>
<p class="buttons"><button>Ask</button> <button type="button" name="why">Why?</button></p>
</form>
<section aria-live="polite" aria-label="Answer"></section>
<p class="hint">As a program: <a href="openapi.json">openapi.json</a></p>
</main>
<script>${pageScript}</script>
</html>
`

const policy = [
  "default-src 'none'",
  `style-src '${hashOf(pageStyle)}'`,
  `script-src '${hashOf(pageScript)}'`,
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
