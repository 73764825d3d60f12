/** HTML that is safe to put into a page. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Html | undefined | readonly Part[]

/** HTML from a template: what is put in is escaped, unless it is HTML itself; lists are joined, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, place) => (place === 0 ? text : said(parts[place - 1]) + text)).join(''))
}

function said(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(said).join('')
  return String(part).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

const style = `
:root { color-scheme: light dark; --line: #8884; --mark: #c2410c; --for: 22, 163, 74; --against: 220, 38, 38 }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line) }
td, p { overflow-wrap: anywhere } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.label { white-space: nowrap }
img { max-width: 100%; border-radius: 4px } .small { max-height: 96px; max-width: 128px } .muted { opacity: .7 }
.unread { color: #888; text-decoration: line-through }
.bar { display: inline-block; height: .6rem; background: var(--mark); border-radius: 2px }
mark { color: inherit; border-radius: 3px; padding: .1em 0 }
/* On a small screen a wide table moves by itself, and the page does not. */
@media (max-width: 45rem) {
  table { display: block; overflow-x: auto; font-size: .85rem } td { min-width: 7rem } th, td { padding-right: .5rem }
  td.number, td.label { min-width: 0 } .number { white-space: normal }
  /* What is long has a line of its own. */
  .stacked th { display: none } .stacked, .stacked tbody { display: block } .stacked tr { display: block; border-bottom: 1px solid var(--line) }
  .stacked td { display: inline-block; min-width: 0; border: 0; padding-bottom: 0 } .stacked td:last-child { display: block; padding-bottom: .4rem }
}`

/** A whole page, with its style in it. It asks nothing of anybody, and has no scripts. */
export function pageOf(title: string, body: Html): string {
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>${title}</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        ${body}
      </body>
    </html> `.text
}
