import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import { historiesOf, historyOf } from '../../test/histories.js'
import { sessionKnn } from './session-knn.js'

/** Four sessions, the oldest first, of six items. */
const train = historiesOf([[0, 1, 2], [1, 3], [0, 2, 3, 4], [5]], 6, [[0, 1, 2], [10, 11], [20, 21, 22, 23], [30]])

describe('session-knn', () => {
  // By hand: the session {0, 2} shares 2 of 3 items with the first, nothing with the second, 2 of 4 with the third.
  it('scores by the cosine of sessions (S-KNN)', () => {
    const scores = sessionKnn(train, { decay: 'none' }).score(historyOf([0, 2]))
    const [first, third] = [2 / Math.sqrt(2 * 3), 2 / Math.sqrt(2 * 4)]
    expect([...scores]).toBeAllclose([first + third, first, first + third, third, third, 0], { rtol: 1e-6 })
  })

  // By hand: of [3, 1] the 3 counts 1/2 and the 1 counts 1; the first session holds 1, the second both, the third 3.
  it('has the last items count more (V-SKNN)', () => {
    const scores = sessionKnn(train).score(historyOf([3, 1]))
    expect([...scores]).toBeAllclose([1 + 0.5, 1 + 1.5, 1 + 0.5, 1.5 + 0.5, 0.5, 0])
  })

  it('takes so many neighbors of so many of the latest sessions', () => {
    // 1.5 is the nearest; of the latest two that share an item, the second and the third.
    expect([...sessionKnn(train, { neighbors: 1 }).score(historyOf([3, 1]))]).toBeAllclose([0, 1.5, 0, 1.5, 0, 0])
    expect([...sessionKnn(train, { sample: 2 }).score(historyOf([3, 1]))]).toBeAllclose([0.5, 1.5, 0.5, 2, 0.5, 0])
  })

  it('ends a session where nothing was taken for a while, unless there is little of it', () => {
    const asked = { items: Int32Array.of(4, 3, 1), times: Float64Array.of(0, 100, 101) }
    const [late, all] = [sessionKnn(train, { gap: 5 }), sessionKnn(train, { gap: 5, least: 3 })]
    expect(late.score(asked)).toEqual(sessionKnn(train).score(historyOf([3, 1])))
    expect(all.score(asked)).toEqual(sessionKnn(train).score(historyOf([4, 3, 1])))
    const users = historiesOf([[0, 1, 2, 3]], 4, [[0, 1, 50, 51]])
    expect([...sessionKnn(users, { gap: 10 }).score(historyOf([0]))]).toEqual([1, 1, 0, 0])
  })

  it('knows nothing of who took nothing', () => {
    expect([...sessionKnn(train).score(historyOf([]))]).toEqual([0, 0, 0, 0, 0, 0])
  })
})
