import { counted } from '../kit/counted.js'
import { textTable } from '../kit/text-table.js'
import type { DataCheck } from './data-check.js'
import { type Issue, issueKinds, type IssueKind } from './issue.js'

/** What issues of a kind are called, and in few words what they are. */
export const titles: Readonly<Record<IssueKind, string>> = {
  unreadable: 'Inputs that cannot be read or say nothing',
  leak: 'In training and test data',
  contradiction: 'Same content, different labels',
  'wrong-label': 'Labels that look wrong',
  'label-name': 'Names of classes',
  'small-class': 'Classes of few examples',
  giveaway: 'What gives the label away',
  duplicate: 'Same example several times',
  'near-duplicate': 'Nearly the same example several times',
  indistinct: 'Inputs that the network does not tell apart',
  outlier: 'Unlike all others',
}

/** Issues of a kind that are listed in words. */
const listed = 10
/** Characters of an input in the table. */
const width = 48

const lookAtLabels =
  'By all that the other examples say, the second label is right: look at the examples, and correct the first where it is wrong.'

/** For people, on a terminal. */
export function formatCheck(check: DataCheck): string {
  const { issues, notes } = check
  const lines = [summaryOf(check), ...notes.map((note) => `Note: ${note}`)]
  for (const kind of issueKinds) {
    const some = issues.filter((issue) => issue.kind === kind)
    if (some.length === 0) continue
    const rows = some.slice(0, listed).map((issue) => [...cellsOf(issue), oneLine(issue.input ?? '')])
    lines.push('', `${titles[kind]} (${some.length})`)
    lines.push(leftTable([['rows', 'labels', 'score', ''], ...rows]))
    if (some.length > listed) lines.push(`and ${some.length - listed} more`)
    // Of labels that look wrong each says its own two classes, which stand in its row.
    const advices = kind === 'wrong-label' ? [lookAtLabels] : some.slice(0, 3).map(({ advice }) => advice)
    lines.push(...new Set(advices))
  }
  return lines.join('\n')
}

/** What was looked at, and how much was found. */
export function summaryOf({ examples, testExamples, labels, issues }: DataCheck): string {
  const classes = labels.length > 0 ? ` of ${counted(labels.length, 'class', 'classes')}` : ''
  const beside = testExamples > 0 ? `, and ${testExamples} to test on` : ''
  const found = issues.length === 0 ? 'nothing to look at' : `${issues.length} to look at`
  return `${counted(examples, 'example')}${classes}${beside}: ${found}.`
}

/** Rows, labels and score. */
export function cellsOf({ rows, testRows = [], labels, score }: Issue): [rows: string, labels: string, score: string] {
  const some = (numbers: readonly number[]): string =>
    numbers.length > 6 ? `${numbers.slice(0, 5).join(', ')} and ${numbers.length - 5} more` : numbers.join(', ')
  const tests = testRows.length > 0 ? ` / test ${some(testRows)}` : ''
  const names = labels.length > 6 ? [...labels.slice(0, 5), `and ${labels.length - 5} more`] : labels
  return [`${some(rows)}${tests}`, names.join(', '), score.toFixed(2)]
}

function leftTable(rows: readonly (readonly string[])[]): string {
  // The last column is as wide as it is.
  return textTable(rows.map((row) => row.slice(0, -1)))
    .split('\n')
    .map((line, place) => `${line}  ${rows[place]?.at(-1) ?? ''}`.trimEnd())
    .join('\n')
}

/** Without what a terminal would obey. */
function oneLine(text: string): string {
  const characters = Array.from(text.replace(/[\p{Cc}\s]+/gu, ' '))
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : characters.join('')
}
