import type { LabelKind } from '../../api/types.js'

/** The classes that a label names: of several, the parts of `a|b`; of a number or a text none. */
export function classesIn(label: string | null, kind: LabelKind | null): readonly string[] {
  if (label === null || kind === 'regression' || kind === 'text' || (kind === 'multi-label' && label === noneOfThem))
    return []
  return kind === 'multi-label' ? label.split('|').map((name) => name.trim()) : [label]
}

/** A label for people: several classes as a list. @param name What a label is called. */
export function labelInWords(label: string | null, kind: LabelKind | null, name = 'label'): string {
  if (label === null) return `without a ${name}`
  if (kind !== 'multi-label') return label
  return classesIn(label, kind).join(', ') || 'none of them'
}

/** Several classes as one label, in the order of their keys. */
export function joinedLabels(classes: Iterable<string>, order: readonly string[]): string {
  const sorted = [...new Set(classes)].sort((a, b) => order.indexOf(a) - order.indexOf(b))
  return sorted.join('|') || noneOfThem
}

/** Of an example of which each class was looked at, and none is right. */
export const noneOfThem = '[]'
