import { html, type Html, pageOf } from '../kit/html.js'
import type { DataCheck } from './data-check.js'
import { cellsOf, summaryOf, titles } from './format-check.js'
import { type Issue, issueKinds } from './issue.js'

/** Issues of a kind, and pictures of an issue, that a page shows. */
const most = { issues: 200, pictures: 4 }

/**
 * A page of all issues, with pictures.
 * @param pictureOf The address of a small picture of an example, by its number from 0 in training and test data together.
 */
export async function checkPage(
  check: DataCheck,
  name: string,
  pictureOf: (row: number) => Promise<string | undefined>,
): Promise<string> {
  const sections: Html[] = []
  for (const kind of issueKinds) {
    const all = check.issues.filter((issue) => issue.kind === kind)
    if (all.length === 0) continue
    const rows: Html[] = []
    const [first] = all
    const shared = all.every(({ advice }) => advice === first?.advice) ? first?.advice : undefined
    for (const issue of all.slice(0, most.issues)) rows.push(await rowOf(issue, check.examples, shared, pictureOf))
    sections.push(
      html`<h2>${titles[kind]} (${all.length})</h2>
        ${shared !== undefined ? html`<p class="muted">${shared}</p>` : undefined}
        <table class="stacked">
          <tr>
            <th>rows</th>
            <th>labels</th>
            <th class="number">score</th>
            <th></th>
          </tr>
          ${rows}
        </table>
        ${all.length > most.issues ? html`<p class="muted">and ${all.length - most.issues} more</p>` : undefined}`,
    )
  }
  const notes = check.notes.map((note) => html`<p class="muted">${note}</p> `)
  return pageOf(
    `Check of ${name}`,
    html`<p>${summaryOf(check)}</p>
      ${notes}${sections}`,
  )
}

async function rowOf(
  issue: Issue,
  examples: number,
  said: string | undefined,
  pictureOf: (row: number) => Promise<string | undefined>,
): Promise<Html> {
  const { rows, testRows = [], input, advice, kind, score } = issue
  const numbers = [...rows.map((row) => row - 1), ...testRows.map((row) => examples + row - 1)]
  const pictures: Html[] = []
  if (kind !== 'unreadable')
    for (const row of numbers.slice(0, most.pictures)) {
      const address = await pictureOf(row)
      if (address !== undefined) pictures.push(html`<img class="small" src="${address}" alt="" /> `)
    }
  const [where, labels, figure] = cellsOf(issue)
  const bar = html`<span class="bar" style="width: ${(3 * score).toFixed(2)}rem"></span>`
  return html`<tr>
    <td>${where}</td>
    <td>${labels}</td>
    <td class="number">${figure}<br />${bar}</td>
    <td>${pictures} ${input} ${advice === said ? undefined : html`<p class="muted">${advice}</p>`}</td>
  </tr> `
}
