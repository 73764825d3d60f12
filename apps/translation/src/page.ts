import { Html, html, pageOf } from '@headstart/core/kit'
import { diffWordsWithSpace } from 'diff'

/** A text before and after the translator was adapted. */
export interface Row {
  readonly source: string
  readonly before: string
  readonly after: string
  /** What is to be looked at. */
  readonly problems: readonly string[]
}

/** What stands above the rows. */
export interface Summary {
  readonly translator: string
  readonly language: string
  readonly learned: number
  /** chrF2 of the rows, against what people translated. */
  readonly before: number
  readonly after: number
}

const style = `
.rows td { width: 25% } .rows td:last-child { font-size: .85rem } ins { background: rgba(22, 163, 74, .22); text-decoration: none }
del { background: rgba(220, 38, 38, .18) } .problem { color: #c2410c; font-size: .85rem }
@media (max-width: 640px) {
  .rows thead { display: none } .rows td { display: block; width: auto; border: 0; padding: .15rem 0 }
  .rows td::before { content: attr(data-label); display: block; font-size: .75rem; opacity: .7 }
  .rows tr { display: block; padding: .5rem 0; border-bottom: 1px solid rgba(128, 128, 128, .3) }
}`

/** The page: each source with what the translator said before and says now, and what changed in between. */
export function page(rows: readonly Row[], { translator, language, learned, before, after }: Summary): string {
  const changed = rows.filter((row) => row.before !== row.after).length
  const marked = rows.filter((row) => row.problems.length > 0).length
  const body = html`<style>
      ${new Html(style)}
    </style>
    <p>
      ${translator} learned from ${learned} messages of TypeScript that people had translated (${language}), and filled
      in ${rows.length} others: ${changed} of these came out otherwise than before, ${marked} are marked, to be looked
      at.
    </p>
    <p>
      chrF2 of the ${rows.length}, beside what people made of them: ${before.toFixed(1)} before, ${after.toFixed(1)}
      after.
    </p>
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">source</th>
          <th scope="col">before</th>
          <th scope="col">after</th>
          <th scope="col">what changed</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <td data-label="source">${row.source}</td>
              <td data-label="before">${row.before}</td>
              <td data-label="after">
                ${row.after}${row.problems.map((problem) => html`<div class="problem">${problem}</div>`)}
              </td>
              <td data-label="what changed">${changes(row)}</td>
            </tr> `,
        )}
      </tbody>
    </table>`
  return pageOf('The messages of TypeScript, translated', body)
}

/** What was said before and is no more, and what is said instead. */
function changes({ before, after }: Row): readonly Html[] {
  return diffWordsWithSpace(before, after).map(({ value, added, removed }) =>
    added ? html`<ins>${value}</ins>` : removed ? html`<del>${value}</del>` : html`${value}`,
  )
}
