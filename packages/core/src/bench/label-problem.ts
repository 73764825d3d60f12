import type { LabelKind } from '../contract/bench.js'
import type { Target } from '../contract/target.js'
import { labelsIn } from '../data/table/label-list.js'

/** The classes that a label names: of several, those in its list; of a number or a text none. */
export function classesOf(label: string, kind: LabelKind): readonly string[] {
  return kind === 'classification' ? [label] : kind === 'multi-label' ? labelsIn(label) : []
}

/** Several classes as one label: `a|b`, or `[]` for none of them, which an empty cell would leave open. */
export function joinedLabels(classes: readonly string[]): string {
  return classes.length === 0 ? '[]' : classes.join('|')
}

/** A label as it stands in the files. */
export function writtenLabel(label: Target): string {
  return typeof label === 'object' ? joinedLabels(label) : String(label)
}

/** Characters of a label that is written. */
const longestText = 100_000

/** Why a text cannot be a label, in words; undefined where it can. */
export function labelProblem(label: string, kind: LabelKind = 'classification'): string | undefined {
  if (label.trim() === '') return 'nothing but white space'
  if (kind === 'text') return label.length > longestText ? `${label.length} characters` : undefined
  if (label !== label.trim()) return `${JSON.stringify(label)}, with white space around it`
  if (kind === 'regression') return Number.isFinite(Number(label)) ? undefined : JSON.stringify(label)
  if (/\p{Cc}/u.test(label)) return 'one with control characters'
  const long = classesOf(label, kind).find((one) => one.length > 200)
  return long === undefined ? undefined : `${long.length} characters`
}

/** What a label is to be, for messages. */
export const labelWanted: Readonly<Record<LabelKind, string>> = {
  classification: 'the name of a class',
  'multi-label': 'names of classes, separated by |',
  regression: 'a number',
  text: `a text of at most ${longestText} characters`,
}
