import { float32, GraphBuilder, type Value } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { letters, tinyBackbone } from './tiny-backbone.js'
import { tinyDataset } from './tiny-data.js'
import type { Preprocessing } from '../src/contract/backbone.js'
import { dataset } from '../src/data/dataset.js'
import { networkBackbone } from '../src/features/network-backbone.js'
import { withKnowledge } from '../src/features/with-knowledge.js'
import { marks } from './marks-knowledge.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { linearHead } from '../src/head/head.js'
import { random } from '../src/kit/random.js'
import { Model } from '../src/model/model.js'
import { activationMap } from '../src/explain/activation-map.js'
import { withLogits } from '../src/head/logits.js'

const plain = tinyBackbone()
/** The tiny network, of whose texts each letter is a part, and a token; those in `special` are of no part. */
const lettersApart = (special = '', given = plain) =>
  networkBackbone({
    ...given,
    preprocessing: {
      ...given.preprocessing,
      dissect: async (text: string) => ({
        parts: [...text].map((letter) => ({ text: letter })),
        keep: (kept) => [...text].filter((_, at) => kept[at]).join(''),
        tokens: () => ({
          input: 'letters',
          parts: [...text].map((letter, at) => (special.includes(letter) ? -1 : at)),
        }),
      }),
    },
  })
const backbone = lettersApart()

describe('Model.explain', () => {
  it('says which examples an answer goes by, of a model with knowledge beside its network', async () => {
    const train = dataset(
      tinyDataset(6).examples.map(({ input }, row) => ({
        input: row % 2 ? `${input}!` : input,
        label: row % 2 ? 'loud' : 'quiet',
      })),
    )
    const model = await fineTune(withKnowledge(backbone, [marks()]), train, { cache: false, keep: true })
    expect(model.recipe.knowledge).toEqual({ marks: 1 })
    const { examples } = await model.explain('aabb!', { examples: 18, label: 'loud' })
    const saidBy = (label: string): number =>
      examples.reduce((sum, one) => sum + (one.label === label ? (one.influence as number) : 0), 0)
    // What is loud speaks for it, what is quiet against.
    expect(examples).toHaveLength(18)
    expect(saidBy('loud')).toBeGreaterThan(0)
    expect(saidBy('quiet')).toBeLessThan(0)
  })

  it('weighs each part by what leaving it out does to the log-odds of the answer', async () => {
    const model = await fineTune(backbone, tinyDataset(12), { cache: false, l2: 0.01, keep: true })
    const text = 'abcxyzklm'
    const { parts, label, method, faithfulness, examples, json, notes } = await model.explain(text)
    const [answer] = await model.predict(text)
    expect([label, method, notes]).toEqual([answer?.label, 'omission', []])
    const logOdds = async (one: string): Promise<number> => {
      const probability = (await model.predict([one]))[0]?.probabilities[label as 'early'] as number
      return Math.log(probability / (1 - probability))
    }
    for (const [at, { weight }] of parts.entries()) {
      const without = [...text].filter((_, other) => other !== at).join('')
      expect(weight).toBeCloseTo((await logOdds(text)) - (await logOdds(without)), 3)
    }
    const measures = { comprehensiveness: expect.any(Number), sufficiency: expect.any(Number) }
    expect(faithfulness).toEqual({ ...measures, random: measures })
    expect(faithfulness && 'comprehensiveness' in faithfulness && faithfulness.comprehensiveness).toBeGreaterThan(
      faithfulness && 'comprehensiveness' in faithfulness.random ? faithfulness.random.comprehensiveness : 1,
    )
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      input: text,
      label,
      parts: [...text].map((letter) => ({ text: letter })),
    })
    expect(examples.length).toBeGreaterThanOrEqual(5)
    for (const { row, name, label: known, likeness, influence } of examples) {
      expect(tinyDataset(12).examples[row - 1]).toEqual({ input: name, label: known })
      expect(Math.abs(likeness)).toBeLessThanOrEqual(1.0001)
      expect(influence).toBeTypeOf('number')
    }
    const other = await model.explain(text, { label: label === 'late' ? 'early' : 'late', faithfulness: false })
    expect(other.faithfulness).toBeNull()
    await expect(model.explain(text, { label: 'none' as never })).rejects.toThrow(
      /expected one that the model knows: "early"/,
    )
  })

  it('weighs parts by integrated gradients, by their axioms', async () => {
    const gradients = { method: 'integrated gradients', faithfulness: false } as const
    for (const special of ['', 'qx']) {
      const model = await fineTune(lettersApart(special), tinyDataset(12), { cache: false, l2: 0.01 })
      const text = 'abcxqkabx'
      const { parts, label, method } = await model.explain(text, gradients)
      const logOdds = async (one: string): Promise<number> => {
        const probability = (await model.predict([one]))[0]?.probabilities[label as 'early'] as number
        return Math.log(probability / (1 - probability))
      }
      expect(method).toBe('integrated gradients')
      // Completeness: they add up to what all of them change. The vectors of a text are added up, so that none is a vector of zero.
      const sum = parts.reduce((all, { weight }) => all + weight, 0)
      const change = (await logOdds(text)) - (await logOdds([...text].filter((one) => special.includes(one)).join('')))
      expect(Math.abs(change)).toBeGreaterThan(0.1)
      expect(Math.abs(sum - change)).toBeLessThan(0.02 * Math.max(0.5, Math.abs(change)))
      // Symmetry: what is alike has the same weight; special tokens have none.
      const weightsOf = (letter: string): number[] =>
        parts.flatMap((part) => ('text' in part && part.text === letter ? [part.weight] : []))
      for (const letter of 'ab') expect(weightsOf(letter)[0]).toBeCloseTo(weightsOf(letter)[1] as number, 5)
      for (const letter of special) expect(weightsOf(letter).every((weight) => weight === 0)).toBe(true)
    }
  })

  it('weighs the words of long texts by gradients, or several as one', async () => {
    const text = Array.from({ length: 400 }, (_, at) => 'abcxyz'[at % 6]).join('')
    const wide = tinyBackbone()
    const long = lettersApart('', { ...wide, preprocessing: letters(undefined, 1000) as typeof wide.preprocessing })
    const model = await fineTune(long, tinyDataset(8), { cache: false, l2: 0.01 })
    expect(await model.explain(text)).toMatchObject({
      method: 'integrated gradients',
      parts: { length: 400 },
      faithfulness: { comprehensiveness: expect.any(Number) },
    })
    const { method, parts } = await model.explain(text, { method: 'omission', faithfulness: false })
    expect([method, parts.length, parts[0]]).toMatchObject(['omission', 134, { text: 'abc' }])
  })

  it('leaves out where a network has no gradient of tokens, and says so', async () => {
    const opaque = new GraphBuilder('opaque')
    const ids = opaque.input('letters', 'int64', ['batch', 'length'])
    const counts = opaque.op('ReduceSum', [opaque.op('Cast', [ids], { to: 1 }), opaque.ints([1])], { keepdims: 1 })
    opaque.output('encoding', counts, 'float32', ['batch', 1])
    const other = lettersApart('', { ...plain, network: { graph: opaque.build(), stages: [] } })
    const model = await fineTune(other, tinyDataset(4), { cache: false, l2: 0.01 })
    expect(await model.explain('abc', { method: 'integrated gradients', examples: 0 })).toMatchObject({
      method: 'omission',
      notes: [expect.stringContaining('no gradient along an embedding')],
    })
  })

  it('explains labels and numbers, and says what it does not know', async () => {
    const examples = tinyDataset(8).examples
    const several = await fineTune(backbone, dataset(examples.map(({ input, label }) => ({ input, label: [label] }))), {
      cache: false,
      l2: 0.01,
    })
    expect(await several.explain('abcde')).toMatchObject({
      label: expect.any(String),
      examples: [],
      notes: [expect.stringMatching(/train --keep/)],
    })
    const numbers = await fineTune(
      backbone,
      dataset(examples.map(({ input, label }) => ({ input, label: label.length }))),
      { cache: false, l2: 0.01 },
    )
    const { label, parts } = await numbers.explain('abc')
    expect(label).toBeCloseTo((await numbers.predict('abc'))[0]?.value as number, 5)
    expect(parts).toHaveLength(3)
  })

  it('takes an input of one part, and of none', async () => {
    const model = await fineTune(backbone, tinyDataset(2), { cache: false, l2: 0.01 })
    expect(await model.explain('a')).toMatchObject({
      parts: [{ text: 'a', weight: expect.any(Number) }],
      faithfulness: null,
    })
    const { parts, notes, page } = await model.explain('')
    expect([parts, notes[0]]).toEqual([[], 'There is nothing in it that could be left out.'])
    expect(await page()).toContain('<h2>')
  })

  it('explains a model whose examples all look alike, and one of two examples of a class', async () => {
    const digits = [...'1234'].map((input, at) => ({ input, label: at % 2 ? 'x' : 'y' }))
    for (const data of [dataset(digits), tinyDataset(2)]) {
      const model = await fineTune<string, string>(backbone, data, { cache: false, l2: 1, keep: true })
      const { parts, examples } = await model.explain('abc')
      const figures = [
        ...parts.map(({ weight }) => weight),
        ...examples.flatMap((one) => [one.likeness, one.influence]),
      ]
      expect(examples.length).toBeGreaterThanOrEqual(4)
      expect(figures.every(Number.isFinite)).toBe(true)
    }
  })

  it('explains other heads and 10,000 classes, without examples where they cannot say', async () => {
    const nearest = await fineTune(backbone, tinyDataset(8), { cache: false, head: 'nearest', keep: true })
    const { examples, notes } = await nearest.explain('abc')
    expect(examples.every(({ influence }) => influence === null)).toBe(true)
    expect(notes).toEqual([expect.stringMatching(/of a linear head/)])
    const labels = Array.from({ length: 10_000 }, (_, at) => `class ${at}`)
    const { normal } = random(0)
    const weight = Float64Array.from({ length: 8 * labels.length }, () => normal())
    const head = linearHead('classification', labels, { weight, bias: new Float64Array(labels.length) })
    const { recipe, training } = nearest
    const many = new Model({ backbone, head, recipe: { ...recipe, head: 'linear', l2: 1, folds: 0 }, training })
    const { label, parts } = await many.explain('abcde')
    expect(label).toBe((await many.predict('abcde'))[0]?.label)
    expect(parts.every(({ weight: one }) => Number.isFinite(one))).toBe(true)
  })

  it('refuses a kind of input of which nothing is known of its parts', async () => {
    const model = await fineTune(plain, tinyDataset(4), { cache: false, l2: 0.01 })
    await expect(model.explain('abc')).rejects.toThrow(
      /expected a backbone whose graph is at hand, of texts or pictures/,
    )
  })
})

describe('activationMap', () => {
  const sizes = { nothing: 5, normalize: 5, 'more means': 5 + 12 + 4 + 2 }
  /**
   * Two maps of different sizes over a picture of 8 x 8 numbers, pooled and put side by side; where there is more, also means over quarters
   * of the finer one and of the picture, which were laid into one and taken apart again before, and of the coarser one, channels last.
   */
  function maps(after: keyof typeof sizes) {
    const { normal } = random(1)
    const g = new GraphBuilder('maps')
    const kernel = (name: string, ...dims: number[]) =>
      g.weight(
        name,
        float32(
          dims,
          Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => normal()),
        ),
      )
    const x = g.input('x', 'float32', ['batch', 1, 8, 8])
    const fine = g.op('Relu', [g.op('Conv', [x, kernel('a', 3, 1, 2, 2)], { strides: [2, 2] })])
    const coarse = g.op('Relu', [g.op('Conv', [fine, kernel('b', 2, 3, 2, 2)], { strides: [2, 2] })])
    const pooled = [fine, coarse].map((map) => g.op('Flatten', [g.op('GlobalAveragePool', [map])]))
    const means = [g.op('Mul', [pooled[0] as Value, g.scalar(3)]), pooled[1] as Value]
    if (after === 'more means') {
      const quarters = (of: Value, side: number) =>
        g.op('Flatten', [g.op('AveragePool', [of], { kernel_shape: [side, side], strides: [side, side] })])
      const joint = g.op('Concat', [g.op('Flatten', [fine]), quarters(x, 4)], { axis: 1 })
      const [whole, seen] = g.ops('Split', [joint, g.ints([48, 4])], 2, { axis: 1 })
      const last = g.op('Transpose', [coarse], { perm: [0, 2, 3, 1] })
      means.push(quarters(g.op('Reshape', [whole as Value, g.ints([-1, 3, 4, 4])]), 2), seen as Value)
      means.push(g.op('ReduceMean', [last], { axes: [1, 2], keepdims: 0 }))
    }
    const joined = g.op('Concat', means, { axis: 1 })
    const length = g.op('Sqrt', [g.op('ReduceSum', [g.op('Mul', [joined, joined]), g.ints([1])], { keepdims: 1 })])
    const features = after === 'normalize' ? g.op('Div', [joined, length]) : joined
    g.output('features', features, 'float32', ['batch', sizes[after]])
    const preprocessing: Preprocessing<number[], number[]> = {
      id: 'numbers/1',
      config: {},
      files: new Map(),
      contentKey: (one) => one.join(),
      prepare: (one) => one,
      cost: () => 1,
      collate: (batch) => ({ x: float32([batch.length, 1, 8, 8], batch.flat()) }),
    }
    return networkBackbone({
      id: 'maps',
      modality: 'numbers',
      network: { graph: g.build(), stages: [] },
      preprocessing,
    })
  }
  /** Two classes, and the weights of the first less those of the second. */
  function headOn(columns: number) {
    const { normal } = random(2)
    const weight = Float64Array.from({ length: 2 * columns }, () => normal())
    const graph = withLogits(linearHead('classification', ['a', 'b'], { weight, bias: Float64Array.of(1, 2) }))
    const difference = Array.from(
      { length: columns },
      (_, at) => (weight[2 * at] as number) - (weight[2 * at + 1] as number),
    )
    return { logits: { graph, features: 'features', output: 'logits' }, difference }
  }
  const answer = { direction: Float64Array.of(1, -1) }
  const input = Array.from({ length: 64 }, (_, at) => Math.sin(at))

  it.each(['nothing', 'more means'] as const)('adds up to what the features say, with %s beside', async (after) => {
    const backbone = maps(after)
    const { logits, difference } = headOn(sizes[after])
    const { data } = await backbone.embed([input])
    const map = await activationMap(backbone, input, logits, answer)
    expect(map).toMatchObject({ rows: 4, columns: 4 })
    const whole = difference.reduce((sum, weight, at) => sum + weight * (data[at] as number), 0)
    expect(map?.weights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(whole, 4)
    // What is white in one corner alone is seen there alone.
    const corner = Array.from({ length: 64 }, (_, at) => (at % 8 < 2 && at < 16 ? 1 : 0))
    const seen = await activationMap(backbone, corner, logits, answer)
    expect(seen?.weights[0]).not.toBe(0)
    expect(seen?.weights[15]).toBe(0)
  })

  it('deals a place of a coarser map out among the cells that it lies over', async () => {
    const backbone = maps('nothing')
    const { logits } = headOn(5)
    // Of the coarser map alone: the weights of the finer one are nothing.
    const coarse = { ...logits, graph: withLogits(linearHead('classification', ['a', 'b'], coarseAlone())) }
    const { weights } = (await activationMap(backbone, input, coarse, answer)) ?? { weights: [] }
    for (const [row, column] of [
      [0, 0],
      [0, 2],
      [2, 0],
      [2, 2],
    ] as const) {
      const block = [0, 1, 4, 5].map((step) => weights[row * 4 + column + step] as number)
      for (const one of block) expect(one).toBeCloseTo(block[0] as number, 6)
    }
  })

  it('does not say so of a network that is not linear after its means', async () => {
    expect(await activationMap(maps('normalize'), input, headOn(5).logits, answer)).toBeUndefined()
    expect(await activationMap(tinyBackbone(), 'abc', headOn(8).logits, answer)).toBeUndefined()
  })
})

/** Weights of two classes for the last two of five features. */
function coarseAlone() {
  return { weight: Float64Array.of(0, 0, 0, 0, 0, 0, 1, -1, 2, 1), bias: new Float64Array(2) }
}
