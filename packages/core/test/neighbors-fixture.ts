import { readFileSync } from 'node:fs'
import type { HeadExamples } from '../src/head/head-method.js'
import { encodeTargets } from '../src/head/head.js'
import { type Matrix, takeRows } from '../src/contract/matrix.js'
import type { Kind } from '../src/contract/target.js'

type Answers = Readonly<Record<Kind | 'votes', number[]>> & { readonly k: number }
/** Small problems, and what scikit-learn says of them; the script that asked it stands beside. */
export const fixture = JSON.parse(readFileSync(new URL('fixtures/neighbors.json', import.meta.url), 'utf8')) as Record<
  'rows' | 'queries' | 'columns',
  number
> &
  Record<'x' | 'classes' | 'labels' | 'values', number[]> & {
    neighbors: Answers[]
    centroids: { answers: number[]; cosines: number[] }
  }
export const { rows, queries, columns } = fixture
const all: Matrix = { rows: rows + queries, columns, data: Float32Array.from(fixture.x) }
export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
export const [features, asked] = [takeRows(all, range(0, rows)), takeRows(all, range(rows, rows + queries))]
export const labels = ['a', 'b', 'c']
export const targets: Record<Kind, Matrix> = {
  classification: encodeTargets(
    fixture.classes.map((label) => labels[label] as string),
    labels,
  ),
  'multi-label': { rows, columns: 3, data: Float32Array.from(fixture.labels) },
  regression: encodeTargets(fixture.values, []),
}
export const folds = range(0, 5).map((fold) => range(0, rows).filter((row) => row % 5 === fold))
export const examplesOf = (kind: Kind): HeadExamples => ({
  kind,
  labels: kind === 'regression' ? [] : labels,
  features,
  targets: targets[kind],
  weights: new Float64Array(rows).fill(1),
  folds,
})
export const kinds: readonly Kind[] = ['classification', 'multi-label', 'regression']
