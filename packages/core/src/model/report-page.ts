import { counted } from '../kit/counted.js'
import type { Target } from '../contract/target.js'
import type { CalibrationBin } from '../evaluate/calibration.js'
import { baselineOf, figureRows } from '../evaluate/format-report.js'
import type { ClassificationReport, Report } from '../evaluate/report.js'
import type { RiskAtCoverage } from '../evaluate/separation.js'
import { html, Html, pageOf } from '../kit/html.js'
import { type Answer, sayAnswer } from './answers.js'
import type { Evaluation, EvaluationFigures, OutOfScope } from './evaluation.js'

/** Examples that are shown: the hardest, those of them that are explained, and of a cell of the confusion matrix; classes of which there is a matrix. */
const most = { hardest: 20, explained: 5, ofCell: 20, pictures: 200, classes: 40 }

/** What a page of figures is made of. */
export interface PageParts<Input> {
  /** Of the data. */
  readonly name: string
  readonly evaluation: Evaluation
  readonly inputs: readonly Input[]
  readonly targets: readonly Target[]
  readonly answers: readonly Answer[]
  /** Of each example, `[n]`. */
  readonly losses: Float64Array
  /** The address of a small picture of an input. */
  pictureOf(input: Input): Promise<string | undefined>
  /** Why an input was answered as it was, as a part of a page. Default: that is not said. */
  readonly why?: ((input: Input) => Promise<string>) | undefined
}

/** A page with figures, confusion, reliability, risk and coverage, and the examples behind them. */
export async function reportPage<Input>(parts: PageParts<Input>): Promise<string> {
  const { name, evaluation } = parts
  const { reliability, riskCoverage, outOfScope } = evaluation as EvaluationFigures
  const report = evaluation as Report
  let pictures = 0
  const exampleOf = async (row: number): Promise<Html> => {
    const address = pictures++ < most.pictures ? await parts.pictureOf(parts.inputs[row] as Input) : undefined
    const input = parts.inputs[row]
    const picture = address === undefined ? undefined : html`<img class="small" src="${address}" alt="" /> `
    return html`${picture}${typeof input === 'string' ? input : `example ${row + 1}`}`
  }
  const sections = [
    figuresOf(report),
    report.kind === 'classification' ? await confusionOf(report, parts, exampleOf) : undefined,
    reliability &&
      html`<h2>Reliability</h2>
        <p>How often answers are right, by how sure the model is of them. On the line it is as sure as it should be.</p>
        ${reliabilityDiagram(reliability)}`,
    riskCoverage &&
      html`<h2>Risk and coverage</h2>
        <p>Share of wrong answers where only the surest are given.</p>
        ${curveOf(riskCoverage)}`,
    outOfScope && outOfScopeSection(outOfScope),
    await hardest(parts, exampleOf),
    parts.why && (await reasons(parts, parts.why)),
  ]
  return pageOf(`Figures on ${name}`, html`${sections.map((section) => section && html`${section} `)}`)
}

function figuresOf(report: Report): Html {
  const say = (value: number): string =>
    report.kind === 'regression' ? String(Number(value.toPrecision(4))) : value.toFixed(3)
  const rows = figureRows(report).map(
    ({ name, value, interval, baseline }) =>
      html`<tr>
        <td>${name}</td>
        <td class="number">${say(value)}</td>
        <td class="number">${interval.map(say).join(' to ')}</td>
        <td class="number">${say(baseline)}</td>
      </tr> `,
  )
  return html`<h2>Figures</h2>
    <table>
      <tr>
        <th>${counted(report.examples, 'example')}</th>
        <th class="number">model</th>
        <th class="number">95 % interval</th>
        <th class="number">baseline</th>
      </tr>
      ${rows}
    </table>
    <p class="muted">Baseline: ${baselineOf(report)}.</p>`
}

/** The matrix; each cell leads to its examples. */
async function confusionOf<Input>(
  { confusion: { labels, matrix } }: ClassificationReport,
  { targets, answers }: PageParts<Input>,
  exampleOf: (row: number) => Promise<Html>,
): Promise<Html> {
  const cells = new Map<string, number[]>()
  targets.forEach((target, row) => {
    const answer = answers[row] as Answer
    const cell = `${labels.indexOf(target as string)}-${labels.indexOf('label' in answer ? answer.label : '')}`
    cells.set(cell, [...(cells.get(cell) ?? []), row])
  })
  const isShown = labels.length <= most.classes
  const head = html`<tr>
    <th>truth \\ answer</th>
    ${labels.map((label) => html`<th class="number">${label}</th>`)}
  </tr>`
  const rows = matrix.map(
    (row, truth) =>
      html`<tr>
        <th>${labels[truth]}</th>
        ${row.map((count, answer) => html`<td class="number">${count > 0 ? html`<a href="#cell-${truth}-${answer}">${count}</a>` : '0'}</td>`)}
      </tr> `,
  )
  const lists: Html[] = []
  // Mistakes first.
  const order = [...cells].sort(([a], [b]) => Number(isRight(a)) - Number(isRight(b)))
  for (const [cell, own] of order) {
    if (!isShown && isRight(cell)) continue
    const [truth, answer] = cell.split('-').map(Number) as [number, number]
    const items: Html[] = []
    for (const row of own.slice(0, most.ofCell)) items.push(html`<li>${await exampleOf(row)}</li> `)
    const rest = own.length > most.ofCell ? html`<p class="muted">and ${own.length - most.ofCell} more</p>` : undefined
    lists.push(
      html`<details id="cell-${cell}" ${isRight(cell) ? undefined : html` open`}>
        <summary>${labels[truth]} answered as ${labels[answer]} (${own.length})</summary>
        <ul>
          ${items}
        </ul>
        ${rest}
      </details> `,
    )
  }
  return html`<h2>Confusion</h2>
    ${
      isShown
        ? html`<table>
            ${head}${rows}
          </table>`
        : html`<p class="muted">${labels.length} classes: mistakes alone are listed.</p>`
    }
    ${lists}`
}

function isRight(cell: string): boolean {
  const [truth, answer] = cell.split('-')
  return truth === answer
}

/** Width and height of a diagram, in its own units. */
const size = 200

/** Points from 0 to 1 to the place in a diagram. */
function at(x: number, y: number): string {
  return `${(size * x).toFixed(1)},${(size * (1 - y)).toFixed(1)}`
}

function diagram(inside: Html, across: string, up: string): Html {
  return html`<figure>
    <svg viewBox="-8 -8 ${size + 16} ${size + 16}" width="260" height="260" role="img">
      <rect x="0" y="0" width="${size}" height="${size}" fill="none" stroke="#8888" />
      ${inside}
    </svg>
    <figcaption class="muted">across: ${across}; up: ${up}; both from 0 to 1</figcaption>
  </figure>`
}

function reliabilityDiagram(bins: readonly CalibrationBin[]): Html {
  const bars = bins.map(({ above, upTo, accuracy, count }) => {
    const [left, width] = [size * above, size * (upTo - above)]
    const height = size * accuracy
    return html`<rect
      x="${left.toFixed(1)}"
      y="${(size - height).toFixed(1)}"
      width="${width.toFixed(1)}"
      height="${height.toFixed(1)}"
      fill="#c2410c"
      fill-opacity="0.5"
      ><title>${counted(count, 'example')}: sure of ${accuracy.toFixed(3)}</title></rect
    > `
  })
  const points = bins.map(
    ({ confidence, accuracy }) =>
      html`<circle
        cx="${(size * confidence).toFixed(1)}"
        cy="${(size * (1 - accuracy)).toFixed(1)}"
        r="2.5"
        fill="currentColor"
      />`,
  )
  const rows = bins.map(
    ({ above, upTo, count, confidence, accuracy }) =>
      html`<tr>
        <td>${above.toFixed(2)} to ${upTo.toFixed(2)}</td>
        <td class="number">${count}</td>
        <td class="number">${confidence.toFixed(3)}</td>
        <td class="number">${accuracy.toFixed(3)}</td>
      </tr> `,
  )
  const line = html`<polyline points="${at(0, 0)} ${at(1, 1)}" stroke="#8888" fill="none" />`
  return html`${diagram(html`${bars}${line}${points}`, 'how sure', 'how often right')}
    <table>
      <tr>
        <th>how sure</th>
        <th class="number">examples</th>
        <th class="number">mean</th>
        <th class="number">right</th>
      </tr>
      ${rows}
    </table>`
}

function curveOf(points: readonly RiskAtCoverage[]): Html {
  const line = points.map(({ coverage, risk }) => at(coverage, risk)).join(' ')
  const curve = html`<polyline points="${line}" stroke="#c2410c" stroke-width="2" fill="none" />`
  const rows = html`<tr>
      <th>given</th>
      ${points.map(({ coverage }) => html`<td class="number">${Math.round(100 * coverage)} %</td>`)}
    </tr>
    <tr>
      <th>wrong</th>
      ${points.map(({ risk }) => html`<td class="number">${risk.toFixed(3)}</td>`)}
    </tr>`
  return html`${diagram(curve, 'share of answers given', 'share of wrong ones')}
    <table>
      ${rows}
    </table>`
}

function outOfScopeSection({ auroc, fpr95, refused, kept, examples, share, riskCoverage }: OutOfScope): Html {
  const rows = [
    ['AUROC of familiarity', auroc],
    ['wrongly kept where 95 % of the data are', fpr95],
    [`refused, where ${100 * share} % of what belongs may be`, refused],
    ['kept of the data', kept],
  ] as const
  return html`<h2>Out of scope</h2>
    <table>
      <tr>
        <th>${examples} inputs that do not belong</th>
        <th></th>
      </tr>
      ${rows.map(
        ([what, value]) =>
          html`<tr>
            <td>${what}</td>
            <td class="number">${value.toFixed(3)}</td>
          </tr> `,
      )}
    </table>
    ${riskCoverage && curveOf(riskCoverage)}`
}

function hardestRows(losses: Float64Array): number[] {
  return [...losses.keys()].sort((a, b) => (losses[b] as number) - (losses[a] as number))
}

/** Why the hardest examples were answered as they were. */
async function reasons<Input>(
  { losses, inputs, targets }: PageParts<Input>,
  why: (input: Input) => Promise<string>,
): Promise<Html> {
  const sections: Html[] = []
  for (const row of hardestRows(losses).slice(0, most.explained)) {
    const truth = [targets[row]].flat().join(', ')
    sections.push(
      html`${new Html(await why(inputs[row] as Input))}
        <p class="muted">In truth: ${truth}.</p>`,
    )
  }
  return html`<h2>Why the hardest were answered so</h2>
    ${sections}`
}

async function hardest<Input>(
  { losses, targets, answers }: PageParts<Input>,
  exampleOf: (row: number) => Promise<Html>,
): Promise<Html> {
  const rows = hardestRows(losses).slice(0, most.hardest)
  const lines: Html[] = []
  for (const row of rows) {
    const truth = [targets[row]].flat().join(', ')
    lines.push(
      html`<tr>
        <td>${await exampleOf(row)}</td>
        <td>${truth}</td>
        <td>${sayAnswer(answers[row] as Answer)}</td>
        <td class="number">${(losses[row] as number).toFixed(3)}</td>
      </tr> `,
    )
  }
  return html`<h2>Hardest examples</h2>
    <table>
      <tr>
        <th>input</th>
        <th>truth</th>
        <th>answer</th>
        <th class="number">loss</th>
      </tr>
      ${lines}
    </table>`
}
