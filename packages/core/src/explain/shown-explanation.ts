import type { ExampleOf, Explanation, Measures, ShownExplanation, WeightedPart } from '../contract/explanation.js'
import { documented } from '../kit/documented.js'
import { html, Html, pageOf } from '../kit/html.js'
import { textTable } from '../kit/text-table.js'
import type { Explained } from './explain-answer.js'

/** Parts that are listed in words. */
const listed = 10

/** An explanation that can be shown. */
export function shownExplanation({ explanation, overlay }: Explained): ShownExplanation {
  const section = async (): Promise<string> => (await sectionOf(explanation, overlay && (await overlay()))).text
  const shown = documented(explanation, {
    text: formatExplanation,
    page: async () => explanationsPage([await section()]),
  })
  return Object.defineProperties(shown as ShownExplanation, {
    section: { value: section },
    overlay: { value: async () => overlay?.() },
  })
}

/** A page of several explanations. */
export function explanationsPage(sections: readonly string[]): string {
  return pageOf('Why', html`${sections.map((one) => new Html(one))}`)
}

/** For people, on a terminal. */
export function formatExplanation({ input, label, parts, examples, faithfulness, method, notes }: Explanation): string {
  const said = parts.filter(({ read }) => read !== false).toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
  const rows = said.slice(0, listed).map((part) => [nameOf(part), signed(part.weight)])
  const lines = [
    ...(input === null ? [] : [`"${oneLine(input)}"`]),
    `${String(label)}, because of (${method}):`,
    ...(rows.length > 0 ? [textTable([['part', 'weight'], ...rows])] : []),
  ]
  if (said.length > listed) lines.push(`and ${said.length - listed} more`)
  if (faithfulness) {
    const { random, ...own } = faithfulness
    lines.push(`Faithfulness: ${sayMeasures(own as Measures)} (random order: ${sayMeasures(random)}).`)
  }
  if (examples.length > 0) {
    const known = examples.map((one) => [
      oneLine(one.name ?? `example ${one.row}`),
      one.label,
      one.likeness.toFixed(2),
      one.influence === null ? '' : signed(one.influence),
    ])
    lines.push(textTable([['learned from', 'label', 'likeness', 'influence'], ...known]))
  }
  return [...lines, ...notes.map((note) => `Note: ${note}`)].join('\n')
}

async function sectionOf(
  { input, label, parts, examples, faithfulness, method, notes }: Explanation,
  overlay: Uint8Array | undefined,
): Promise<Html> {
  const largest = Math.max(...parts.map(({ weight }) => Math.abs(weight)), 1e-12)
  const words = parts.map((part) => {
    if (!('text' in part)) return undefined
    if (part.read === false) return html`<span class="unread">${part.text}</span>`
    const color = part.weight >= 0 ? '--for' : '--against'
    const strength = (0.75 * Math.abs(part.weight)) / largest
    return html`<mark style="background: rgba(var(${color}), ${strength.toFixed(3)})" title="${signed(part.weight)}"
      >${part.text}</mark
    >`
  })
  const picture =
    overlay && html`<p><img src="data:image/png;base64,${toBase64(overlay)}" alt="what the answer hangs on" /></p>`
  const isUnread = parts.some(({ read, ...part }) => read === false && 'text' in part)
  const own = faithfulness as (Measures & { random: Measures }) | null
  const legend = [
    `Green speaks for it, red against it (${method}).`,
    ...(isUnread ? ['Gray was not read.'] : []),
    ...(own ? [`Faithfulness: ${sayMeasures(own)}; in random order: ${sayMeasures(own.random)}.`] : []),
  ].join(' ')
  return html`<section>
    <h2>${label}</h2>
    ${picture ?? html`<p style="white-space: pre-wrap">${words}</p>`}
    ${picture && input !== null ? html`<p class="muted">${input}</p>` : undefined}
    ${parts.length > 0 ? html`<p class="muted">${legend}</p>` : undefined}
    ${
      examples.length > 0
        ? html`<table>
            <tr>
              <th>learned from</th>
              <th>label</th>
              <th class="number">likeness</th>
              <th class="number">influence</th>
            </tr>
            ${examples.map(
              (one) =>
                html`<tr>
                  <td>${excerptOf(one)}</td>
                  <td class="label">${one.label}</td>
                  <td class="number">${one.likeness.toFixed(2)}</td>
                  <td class="number">${one.influence === null ? '' : signed(one.influence)}</td>
                </tr> `,
            )}
          </table>`
        : undefined
    }
    ${notes.map((note) => html`<p class="muted">${note}</p>`)}
  </section> `
}

/** Characters of an example on a page. */
const excerpt = 240

function excerptOf({ name, row }: ExampleOf): string {
  if (name === undefined) return `example ${row}`
  const characters = Array.from(name.slice(0, 2 * excerpt))
  return characters.length > excerpt ? `${characters.slice(0, excerpt).join('')}…` : name
}

function sayMeasures(measures: Measures): string {
  return Object.entries(measures)
    .flatMap(([name, value]) => (typeof value === 'number' ? [`${name} ${value.toFixed(2)}`] : []))
    .join(', ')
}

function nameOf(part: WeightedPart): string {
  if ('text' in part) return oneLine(part.text.trim())
  const { x, y, width, height } = part.box
  return `${Math.round(width)} x ${Math.round(height)} at ${Math.round(x)}, ${Math.round(y)}`
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(3)}`
}

/** Without what a terminal would obey. */
function oneLine(text: string): string {
  return Array.from(text.replace(/[\p{Cc}\s]+/gu, ' '))
    .slice(0, 60)
    .join('')
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
