import { expect, describe, it } from 'vitest'
import type { TrainEvent } from '../src/contract/progress.js'
import { DataError } from '../src/contract/errors.js'
import { isKnown } from '../src/contract/knowledge.js'
import { dataset } from '../src/data/dataset.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import type { Target } from '../src/contract/target.js'
import { loadModel } from '../src/model/load-model.js'
import { Model } from '../src/model/model.js'
import { knowledgeLoader } from '../src/model/knowledge-loader.js'
import { withKnowledge } from '../src/features/with-knowledge.js'
import { marks, marksLoader, names } from './marks-knowledge.js'
import { lettersLoader, tinyBackbone } from './tiny-backbone.js'
import { tinyDataset, tinyExamples } from './tiny-data.js'
import { temporaryFolder } from './temporary-folder.js'

const cache = false
const examples = tinyExamples(12)
const [some, more] = [examples.slice(0, 24), examples.slice(24)]

async function taught(head?: 'prototype' | 'nearest'): Promise<Model<string, Target>> {
  const model = await fineTune(tinyBackbone(), dataset<string, Target>(some), {
    cache,
    keep: true,
    ...(head && { head }),
  })
  return model as Model<string, Target>
}
const packed = async (model: Model<string, Target>) => {
  const { manifest, files } = await model.pack()
  return JSON.stringify([manifest, [...files].map(([name, bytes]) => [name, [...bytes]])])
}

describe('Model.extend', () => {
  it.each([undefined, 'prototype', 'nearest'] as const)(
    'gives what training on all examples gives: head %s',
    async (head) => {
      const extended = await (await taught(head)).extend(more, { cache })
      const all = await fineTune(tinyBackbone(), dataset<string, Target>(examples), {
        cache,
        keep: true,
        ...(head && { head }),
      })
      expect(await packed(extended)).toBe(await packed(all as Model<string, Target>))
    },
  )

  it('keeps the strength and the temperature that were chosen, where they are not to be chosen anew', async () => {
    const model = await taught()
    const extended = await model.extend(more, { cache, choose: false })
    expect(extended.recipe).toEqual(model.recipe)
    expect(extended.kept?.examples).toHaveLength(36)
    expect(extended.validation).toEqual(model.validation)
    expect(extended.trust.conformity).toEqual(model.trust.conformity)
    expect(extended.trust.familiarity?.held?.examples).toBe(36)
    // The head is that of all examples at that strength, its logits as sharp as before.
    const { l2, inverseTemperature } = model.recipe
    const all = await fineTune(tinyBackbone(), dataset<string, Target>(examples), { cache, l2 })
    const times = typeof inverseTemperature === 'number' ? inverseTemperature : 1
    const oddsOf = async (one: Model<string, Target>): Promise<number> => {
      const [answer] = (await one.predict(['abcde'])) as { probabilities: Record<string, number> }[]
      const { early = 0, late = 0 } = answer?.probabilities ?? {}
      return Math.log(early / late)
    }
    expect(await oddsOf(extended)).toBeCloseTo(times * (await oddsOf(all as Model<string, Target>)), 3)
    await expect((await taught('nearest')).extend(more, { cache, choose: false })).rejects.toThrow(
      /option "choose": expected the head "linear", whose penalty is chosen, got the head "nearest"/,
    )
  })

  it('takes a class that is new, from a saved model, and says what that does to the others', async () => {
    const folder = `${await temporaryFolder()}/model`
    await (await taught()).save(folder)
    const loaded = await loadModel<string, Target>(folder, [lettersLoader])
    const notices: string[] = []
    const onEvent = (event: TrainEvent): void => void (event.type === 'notice' && notices.push(event.message))
    const news = ['qqqqq', 'qrqrq', 'rrqqq', 'qqrrr', 'rqqqrq'].map((input) => ({ input, label: 'q' }))
    const extended = await loaded.extend(news, { cache, onEvent })
    expect(extended.labels).toEqual(['early', 'late', 'middle', 'q'])
    const [answer] = (await extended.predict(['qqrqq'])) as { label: string }[]
    expect(answer?.label).toBe('q')
    expect(notices).toEqual([
      expect.stringMatching(
        /learned from 29 examples, among them the new "q"; 24 before\. Of the classes of before \d+\.\d % were found by cross-validation, and \d+\.\d % are now\./,
      ),
    ])
  })

  it('gives an input that it knew its new label', async () => {
    const model = await taught()
    const [first] = some
    const label = first?.label === 'late' ? 'early' : 'late'
    const extended = await model.extend([{ input: first?.input as string, label }], { cache })
    expect(extended.kept?.examples).toHaveLength(24)
    expect(extended.kept?.examples.at(-1)).toMatchObject({ label, name: first?.input })
  })

  it('needs a model that keeps its examples, and examples of its kind', async () => {
    const forgetful = await fineTune(tinyBackbone(), tinyDataset(5), { cache })
    await expect(forgetful.extend(more, { cache })).rejects.toThrow(
      /one that keeps its examples, got one that does not\. Train it with the option keep/,
    )
    const numbers = [{ input: 'a', label: 1 }]
    await expect((await taught()).extend(numbers, { cache })).rejects.toThrow(
      /examples for classification, got examples for regression/,
    )
  })
})

describe('Model.forget', () => {
  it('gives the model that never saw them, bit for bit', async () => {
    const model = await taught()
    const [gone, left] = [some.slice(3, 7), [...some.slice(0, 3), ...some.slice(7)]]
    const forgot = await model.forget(
      gone.map(({ input }) => input),
      { cache },
    )
    const never = await fineTune(tinyBackbone(), dataset<string, Target>(left), { cache, keep: true })
    expect(await packed(forgot)).toBe(await packed(never as Model<string, Target>))
    expect(await packed(forgot)).not.toContain(String(gone[0]?.input))
  })

  it('forgets a class with its last example, and says it where a single one is left', async () => {
    const model = await taught()
    const of = (label: string): string[] => some.filter((one) => one.label === label).map(({ input }) => input)
    const two = await model.forget(of('late'), { cache })
    expect(two.labels).toEqual(['early', 'middle'])
    await expect(two.forget(of('middle'), { cache })).rejects.toThrow(
      /at least two classes, got 8 examples, all labeled "early"/,
    )
    await expect(two.forget([...of('early'), ...of('middle')], { cache })).rejects.toThrow(
      /expected examples to learn from, got none that are left/,
    )
  })

  it('cannot forget what it never saw', async () => {
    const model = await taught()
    await expect(model.forget(['never seen'])).rejects.toThrow(DataError)
    await expect(model.forget(['never seen'])).rejects.toThrow(/1 of 1 that it was not trained on/)
  })

  it('cannot forget with a network that was tuned on them', async () => {
    const model = await taught()
    const tuned = new Model({ ...model, recipe: { ...model.recipe, strategy: 'joint' } })
    await expect(tuned.forget(some[0]?.input as string)).rejects.toThrow(
      /one that was tuned on its examples\. Train it again without them/,
    )
  })
})

describe('a model with knowledge beside its network that keeps its examples', () => {
  const known = [marks(), names]
  const marked = tinyExamples(10).map(({ input }, row) => ({
    input: row % 2 ? `${input}!` : input,
    label: row % 2 ? 'loud' : 'quiet',
  }))
  const [before, after] = [marked.slice(0, 20), marked.slice(20)]
  const trained = async (from: typeof marked): Promise<Model<string, Target>> => {
    const model = await fineTune(withKnowledge(tinyBackbone(), known), dataset(from), { cache, keep: true })
    return model as Model<string, Target>
  }
  const loaders = [lettersLoader, knowledgeLoader([lettersLoader], [marksLoader])]
  const saved = async (model: Model<string, Target>) => {
    const folder = `${await temporaryFolder()}/model`
    await model.save(folder)
    return folder
  }

  it('gives, saved and loaded, what training on all examples gives, its knowledge fitted anew', async () => {
    const all = await trained(marked)
    const model = await loadModel<string, Target>(await saved(await trained(before)), loaders, {}, known)
    const extended = await model.extend(after, { cache })
    expect(extended.recipe).toEqual(all.recipe)
    expect(extended.recipe).toMatchObject({ knowledge: { marks: 1 }, offered: ['marks', 'class names'] })
    expect(await packed(extended)).toBe(await packed(all))
    const forgot = await extended.forget(
      after.map(({ input }) => input),
      { cache },
    )
    expect(await packed(forgot)).toBe(await packed(await trained(before)))
  })

  it('keeps the weight of what was chosen where nothing is to be chosen anew', async () => {
    const model = await trained(before)
    const extended = await model.extend(after, { cache, choose: false })
    expect(extended.recipe).toEqual(model.recipe)
    const parts = isKnown(extended.backbone) ? extended.backbone.parts : []
    expect(parts.map(({ part }) => part.config)).toEqual([{ name: 'marks', texts: 30 }])
    const answers = (await extended.predict(['abc!', 'abc'])) as { label: string }[]
    expect(answers.map(({ label }) => label)).toEqual(['loud', 'quiet'])
  })

  it('says where what it could learn from is not known, and learns from the network alone', async () => {
    const notices: string[] = []
    const onEvent = (event: TrainEvent): void => void (event.type === 'notice' && notices.push(event.message))
    const model = await loadModel<string, Target>(await saved(await trained(before)), loaders)
    const extended = await model.extend(after, { cache, onEvent })
    expect(extended.recipe.knowledge).toBeUndefined()
    expect(extended.backbone.featureSize).toBe(8)
    expect(notices[0]).toBe(
      'The model could learn from marks, class names beside its network, which are not known here: it learns without.',
    )
  })

  it('says which inputs to label next', async () => {
    const model = await trained(before)
    expect((await model.next(['abc', 'xyz!', 'lmn'], { count: 2 })).next).toHaveLength(2)
  })
})
