import { expect, it } from 'vitest'
import { toPredictions } from '../src/contract/prediction.js'
import { dataset } from '../src/data/dataset.js'
import { inLabelOrder } from '../src/kit/label-order.js'

it('has probabilities in the order of labels, also of classes that are numbers', () => {
  const given = ['b', '10', '2', '-1', 'a', '02', '1.5', '10', '__proto__', '4294967296']
  const { labels } = dataset(given.map((label) => ({ input: label, label })))
  expect(labels).toEqual(['2', '10', '-1', '02', '1.5', '4294967296', '__proto__', 'a', 'b'])
  expect(inLabelOrder(labels.toReversed())).toEqual(labels)
  const row = { rows: 1, columns: labels.length, data: Float32Array.from(labels, (_, place) => place / 36) }
  for (const kind of ['classification', 'multi-label'] as const) {
    const [answer] = toPredictions<string>(kind, labels, row)
    expect(Object.keys(answer?.probabilities ?? {})).toEqual(labels)
    expect(Object.values(answer?.probabilities ?? {})).toEqual([...row.data])
    expect(Object.keys(JSON.parse(JSON.stringify(answer?.probabilities)) as object)).toEqual(labels)
  }
})
