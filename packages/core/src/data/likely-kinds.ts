import type { Kind } from '../contract/target.js'
import { areAmounts, areNumbers } from './odd-labels.js'
import { labelsIn } from './table/label-list.js'

/**
 * What labels can be by the look of them, the likeliest first: `a|b` may be two classes or one that is called so, and 4 an amount or a
 * class. Where nothing speaks for another kind it is one class.
 * @param labels As they stand in a file; empty ones say nothing.
 */
export function likelyKinds(labels: Iterable<unknown>): readonly [Kind, ...Kind[]] {
  const present = [...labels].filter((label) => String(label ?? '').trim() !== '' || Array.isArray(label))
  // A list in JSON is one.
  if (present.some((label) => Array.isArray(label) && label.length !== 1)) return ['multi-label']
  const names = new Set(present.map((label) => String(label).trim()))
  if ([...names].some((name) => labelsIn(name).join() !== name)) return ['multi-label', 'classification']
  if (areAmounts(names)) return ['regression', 'classification']
  // Of two numbers each is a class: 0 and 1.
  return areNumbers(names) && names.size > 2 ? ['classification', 'regression'] : ['classification']
}
