import { describe, expect, it } from 'vitest'
import { backboneLearner, type ExampleLearner } from '../src/compare/backbone-learner.js'
import { learningCurve } from '../src/compare/learning-curve.js'
import { startRun } from '../src/contract/run.js'
import type { Target } from '../src/contract/target.js'
import { dataset } from '../src/data/dataset.js'
import { tinyBackbone } from './tiny-backbone.js'
import { relabeled, tinyExamples } from './tiny-data.js'

const run = startRun({ cache: false })
// One for all fits: most of what a fit of so little takes is the making of its sessions.
const backbone = tinyBackbone()
const learner = backboneLearner<string>({
  name: 'frozen',
  description: 'frozen',
  options: { l2: 0.01 },
  backbone: () => backbone,
})

describe('learningCurve', () => {
  it('says what more labels would give, within an interval', async () => {
    const curve = await learningCurve(learner, dataset<string, Target>(tinyExamples(14)), { more: 40 }, run)
    const sizes = curve.points.map(({ examples }) => examples)
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
    expect(curve.later.examples).toBe(82)
    for (const { mean, interval } of [curve.now, curve.later]) {
      expect(interval[0]).toBeLessThanOrEqual(mean)
      expect(interval[1]).toBeGreaterThanOrEqual(mean)
      expect(interval[1]).toBeLessThanOrEqual(1)
    }
    expect(curve.later.mean).toBeGreaterThanOrEqual(curve.now.mean)
    expect(curve.verdict).toMatch(/^40 more labels: \+\d+\.\d points \(-?\d+\.\d to \d+\.\d\)\.$/)
    expect(curve.text()).toContain(curve.verdict)
    expect(curve.json).toMatchObject({ measure: 'accuracy', gain: { mean: expect.any(Number) } })
  })

  it('says it where the scores follow no law', async () => {
    const data = dataset<string, Target>(tinyExamples(14))
    const jumping: ExampleLearner<string> = {
      ...learner,
      async fit(train, given) {
        const model = await learner.fit(train, given)
        const measure: typeof model.measure = async (held) => ({
          scores: Float64Array.from(held.inputs, () => (train.size > 25 ? 1 : 0.3)),
          figures: {},
        })
        return Object.assign(model, { measure })
      },
    }
    const { like: _, ...steady } = jumping
    const { verdict } = await learningCurve(steady, data, {}, run)
    expect(verdict).toMatch(/The scores do not follow the law by which this is foreseen: take it with caution/)
  })

  it('chooses the strength of the penalty once for each number of examples', async () => {
    const asked: (number | undefined)[] = []
    const watched = (options: { readonly l2?: number }): ExampleLearner<string> => {
      const own = backboneLearner<string>({ ...learner, options, backbone: () => backbone })
      return {
        ...own,
        fit(train, given) {
          asked.push(options.l2)
          return own.fit(train, given)
        },
        like: ({ recipe }) => watched({ l2: recipe.l2 }),
      }
    }
    const { points } = await learningCurve(watched({}), dataset<string, Target>(tinyExamples(8)), {}, run)
    expect(asked.filter((l2) => l2 === undefined)).toHaveLength(points.length)
    const chosen = backboneLearner<string>({ ...learner, options: {}, backbone: () => backbone })
    const model = await chosen.fit(dataset<string, Target>(tinyExamples(8)), run)
    expect((await chosen.like?.(model)?.fit(dataset<string, Target>(tinyExamples(8)), run))?.recipe.l2).toBe(
      model.recipe.l2,
    )
  })

  it('does so for numbers, in their unit', async () => {
    const numbers = relabeled<Target>(8, 0, (text) => text.codePointAt(0) as number)
    const { later, verdict } = await learningCurve(learner, numbers, { more: 10 }, run)
    expect(later.mean).toBeLessThanOrEqual(0)
    expect(verdict).toMatch(/^10 more labels: \+[\d.e-]+ \(/)
  })

  it('needs some examples', async () => {
    const few = dataset<string, Target>(tinyExamples(5))
    await expect(learningCurve(learner, few, {}, run)).rejects.toThrow(/at least 20 examples, for a curve, got 15/)
  })
})
