import { counted } from '../kit/counted.js'
import type { RunOptions } from '../contract/progress.js'
import type { Target } from '../contract/target.js'
import type { Dataset } from './dataset.js'

/** Fewest examples of a class of which one can be held out. */
const fewest = 2

/**
 * The examples without those of classes that have too few to be learned and measured, which is said; all of them where fewer than two
 * classes would be left.
 */
export function largeEnoughClasses<Input, Label extends Target>(
  data: Dataset<Input, Label>,
  { onEvent }: RunOptions,
): Dataset<Input, Label> {
  if (data.kind !== 'classification') return data
  const counts = data.representatives().classCounts()
  const small = [...counts].filter(([, count]) => count < fewest).map(([label]) => label)
  if (small.length === 0 || counts.size - small.length < 2) return data
  const named = small
    .slice(0, 5)
    .map((label) => `"${label}"`)
    .join(', ')
  const rest = small.length > 5 ? ` and ${small.length - 5} more` : ''
  const are = counted(small.length, 'class is', 'classes are')
  const message = `${are} left out, with 1 example, where ${fewest} are needed: ${named}${rest}. Add examples of ${small.length === 1 ? 'it' : 'them'}.`
  onEvent?.({ type: 'notice', message })
  const left = new Set<Target>(small)
  return data.subset([...data.targets.keys()].filter((row) => !left.has(data.targets[row] as Target)))
}
