import { beforeAll, describe, expect, it } from 'vitest'
import type { Scorer } from '../contract/scorer.js'
import type { ScorerState } from '../contract/scorer-state.js'
import { scorerOf } from '../model/load-scorer.js'
import { packedStateSchema, StatePacker, unpacker } from '../model/pack-states.js'
import type { Catalog } from '../shop/catalog.js'
import type { History } from '../shop/histories.js'

/** What `testScorer` is told of a scorer. */
export interface ScorerCase {
  /** Fits the scorer; called twice, to see that both are the same. */
  fit(): Scorer | Promise<Scorer>
  /** The items that it scores, two or more. */
  readonly catalog: Catalog
  /** What it is asked about beside what every scorer is asked about: nothing, one item, all items, one that is taken twice. */
  readonly histories?: readonly (readonly number[])[]
  /** Makes it again from its state. Default: `scorerOf`, which knows the scorers of this package. */
  readonly load?: (state: ScorerState, catalog: Catalog) => Scorer
}

/** The contract of a `Scorer` as tests. Call it once for each scorer, at the top of a test file or in a `describe`. */
export function testScorer(name: string, { fit, catalog, histories = [], load = scorerOf }: ScorerCase): void {
  const all = [...catalog.items.keys()]
  const asked = [[], [0], all.slice(-1), all, [0, 1, 0], ...histories].map(historyOf)
  const scoresOf = (scorer: Scorer): number[][] => asked.map((history) => [...scorer.score(history)])

  describe(`the scorer ${name}`, () => {
    let scorer: Scorer
    beforeAll(async () => {
      scorer = await fit()
    })

    it('has a finite score for each item, whatever the history is', () => {
      for (const history of asked) {
        const scores = scorer.score(history)
        expect(scores).toHaveLength(catalog.size)
        expect(scores.every(Number.isFinite), `scores for ${JSON.stringify([...history.items])}`).toBe(true)
      }
    })

    it('is the same when it is fitted again, and has a name', async () => {
      const again = await fit()
      expect(scorer.name.trim()).not.toBe('')
      expect(again.name).toBe(scorer.name)
      expect(scoresOf(again)).toEqual(scoresOf(scorer))
    })

    it('leaves histories as they are, and its fit whatever is done with the scores', () => {
      const before = structuredClone(asked)
      const known = scoresOf(scorer)
      for (const history of asked) scorer.score(history).fill(7)
      expect(scoresOf(scorer)).toEqual(known)
      expect(asked).toEqual(before)
    })

    it('scores to the last bit alike after it was saved', () => {
      const state = scorer.state?.()
      if (!state) return
      const again = load(throughFile(state), catalog)
      expect(again.name).toBe(scorer.name)
      expect(scoresOf(again)).toEqual(scoresOf(scorer))
      expect(again.state?.()).toEqual(state)
    })

    it('has the products of its vectors for scores, where it has some', () => {
      const { vectors } = scorer
      for (const history of vectors ? asked : []) {
        const user = vectors?.of(history) ?? []
        const scores = scorer.score(history)
        for (const item of all) {
          const row = vectors?.data.subarray(item * vectors.columns, (item + 1) * vectors.columns) ?? []
          const product = [...row].reduce((sum, value, k) => sum + value * (user[k] as number), 0)
          expect(product, `item ${item}`).toBeCloseTo(scores[item] as number, 4)
        }
      }
    })
  })
}

/** A history of these items, a second apart. */
function historyOf(items: readonly number[]): History {
  return { items: Int32Array.from(items), times: Float64Array.from(items.keys()) }
}

/** The state as it comes back from a file, as part of a larger buffer, at an odd place. */
function throughFile(state: ScorerState): ScorerState {
  const packer = new StatePacker()
  const packed = packedStateSchema.parse(JSON.parse(JSON.stringify(packer.pack(state))))
  const bytes = packer.bytes()
  const file = new Uint8Array(bytes.length + 3)
  file.set(bytes, 3)
  return unpacker(file.subarray(3), packer.files)(packed) as ScorerState
}
