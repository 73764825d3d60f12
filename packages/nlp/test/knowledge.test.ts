import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@headstart/onnx/test'
import { modelFiles } from '@headstart/core/kit'
import { decodeModel } from '@headstart/onnx/kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  classNames,
  dataset,
  earlyLayer,
  exportModel,
  fineTune,
  loadModel,
  polarity,
  type PolarityLanguage,
  universalSentenceEncoder,
  withKnowledge,
  words,
} from '../src/index.js'
import { textLoader } from '../src/load.js'
import type { ColumnKnowledge, KnowledgePart } from '@headstart/core'

const cache = false
let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'headstart-test-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

async function fitted(knowledge: ColumnKnowledge<string>, texts: readonly string[]): Promise<KnowledgePart<string>> {
  const part = await knowledge.fit(texts, [])
  if (!part) expect.fail('there was nothing to learn')
  return part
}

function rowOf(part: KnowledgePart<string>, text: string): number[] {
  const row = new Float32Array(part.columns)
  part.write(text, row)
  return [...row]
}

describe('words', () => {
  const texts = ['Not good', 'good good!', 'a goose?']

  it('counts words and runs of letters by how rare they are; rows have length 1', async () => {
    const part = await fitted(words(), texts)
    const grams = (JSON.parse(new TextDecoder().decode(part.files.get('words.json'))) as [string, number][]).map(
      ([gram]) => gram,
    )
    const weight = (df: number): number => Math.log(4 / (1 + df))
    // <good>: good, its runs <go goo ood od> <goo good ood>, and the mark.
    const once = ['#<go', '#goo', '#<goo'].map(() => weight(3)) // in all three texts
    const twice = ['good', '#ood', '#od>', '#good', '#ood>'].map(() => (1 + Math.log(2)) * weight(2))
    const length = Math.hypot(...once, ...twice, weight(1))
    const row = rowOf(part, 'good good!')
    expect(row[grams.indexOf('!')]).toBeCloseTo(weight(1) / length, 6)
    expect(row[grams.indexOf('good')]).toBeCloseTo(((1 + Math.log(2)) * weight(2)) / length, 6)
    expect(Math.hypot(...row)).toBeCloseTo(1, 6)
  })

  it('knows a word in another form by its parts, and counts what it does not know in the length', async () => {
    const part = await fitted(words(), texts)
    const lengthOf = (text: string): number => Math.hypot(...rowOf(part, text))
    expect(lengthOf('goodness')).toBeGreaterThan(0)
    expect(lengthOf('goodness')).toBeLessThan(lengthOf('good'))
    expect(lengthOf('Überall 电影')).toBe(0)
  })

  it('has nothing to learn from texts without words', async () => {
    expect(await words().fit(['', '...', '☕'], [])).toBeUndefined()
  })

  it('keeps the most frequent where there are many', async () => {
    const part = await fitted(words({ columns: 2 }), texts)
    expect(part.columns).toBe(2)
    expect((await words().fit(texts, [], 3))?.columns).toBe(3)
  })
})

describe('polarity', () => {
  it('tells good from bad, and what turns it round', async () => {
    const part = await fitted(polarity('en'), [])
    const [good, bad, turned] = ['a wonderful book', 'a terrible book', 'not a wonderful book'].map((text) =>
      rowOf(part, text),
    )
    for (const column of [0, 3]) {
      expect(good?.[column]).toBeGreaterThan(0.3)
      expect(bad?.[column]).toBeLessThan(-0.3)
      expect(turned?.[column]).toBeLessThan(0)
    }
    expect(turned?.[6]).toBeCloseTo(1 / Math.sqrt(5), 6)
    expect(good?.[6]).toBe(0)
  })

  it('says nothing of texts in another language', async () => {
    const part = await fitted(polarity('en'), [])
    expect(rowOf(part, 'Das Buch ist wunderbar und großartig.').every((value) => value === 0)).toBe(true)
  })

  it('refuses a language that has no list', () => {
    expect(() => polarity('tlh' as PolarityLanguage)).toThrow(
      'polarity: expected a language with a list of words: en, got "tlh". Leave it out: words and class names are of any language.',
    )
  })
})

describe('classNames', () => {
  it.each([
    ['card_not/arrived', 'card not arrived'],
    ['good', 'good'],
    ['17', undefined],
    ['', undefined],
  ])('reads %j as %j', (label, text) => expect(classNames().exampleOf(label)).toBe(text))
})

describe('what an early layer says', () => {
  it('stands behind the features, which stay what they are, for texts of any length', async () => {
    const encoder = await universalSentenceEncoder({ threads: 1, knowledge: [] })
    const early = earlyLayer({ stage: 'layer 0', columns: 512 })
    const wider = early.widen(encoder)
    expect(early.widen(encoder)).toBe(wider)
    const texts = ['Where is it?', 'Who was the first woman in space, and when did she fly there with whom?', '']
    const [plain, both] = [await encoder.embed(texts), await wider?.embed(texts)]
    expect(both?.columns).toBe(1024)
    for (const row of texts.keys()) {
      const own = both?.data.subarray(row * 1024, (row + 1) * 1024) ?? new Float32Array()
      expect(own.subarray(0, 512)).toBeAllclose(plain.data.subarray(row * 512, (row + 1) * 512), {
        rtol: 0,
        atol: 1e-6,
      })
      // Beside padding as alone, and an empty text says nothing.
      const alone = await wider?.embed([texts[row] as string])
      expect(own).toBeAllclose(alone?.data ?? [], { rtol: 1e-4, atol: 1e-5 })
      expect(Math.hypot(...own.subarray(512))).toBeCloseTo(texts[row] === '' ? 0 : 1.5, 5)
    }
  })

  it('is not there in a network without such a stage', async () => {
    const encoder = await universalSentenceEncoder({ threads: 1, knowledge: [] })
    expect(earlyLayer({ stage: 'layer 7', columns: 512 }).widen(encoder)).toBeUndefined()
  })
})

describe('texts with knowledge beside the network', () => {
  const sentences = [
    ['I love it, wonderful.', 'good'],
    ['What a great, happy day!', 'good'],
    ['Excellent and beautiful.', 'good'],
    ['The best joy ever.', 'good'],
    ['I hate it, awful.', 'bad'],
    ['What a terrible, sad day!', 'bad'],
    ['Horrible and ugly.', 'bad'],
    ['The worst pain ever.', 'bad'],
  ].map(([input, label]) => ({ input: input as string, label: label as string }))
  const knowing = async () => universalSentenceEncoder({ threads: 1 })

  it('are one backbone: trained, saved, loaded by either door', async () => {
    const model = await fineTune(await knowing(), dataset(sentences), { cache })
    expect(Object.keys(model.recipe.knowledge ?? {})).toContain('polarity-en')
    const path = join(folder, 'opinions')
    await model.save(path)
    const asked = ['a lovely thing', 'not lovely', 'Ein Satz', '']
    const answers = await model.predict(asked)
    expect(answers[0]?.label).toBe('good')
    await using loaded = await loadModel(path)
    await using there = await textLoader.load(modelFiles(path))
    expect(await loaded.predict(asked)).toEqual(answers)
    expect(await there.predict(asked)).toEqual(answers)
  })

  it('go by what classes are called, where their labels are ids', async () => {
    const ids = dataset(sentences.map(({ input, label }) => ({ input, label: label === 'good' ? '1' : '0' })))
    const encoder = await knowing()
    const [named, plain] = await Promise.all(
      [{ 0: 'negative', 1: 'positive' }, undefined].map((names) => fineTune(encoder, ids, { cache, names })),
    )
    expect(Object.keys(named?.recipe.knowledge ?? {})).toEqual(expect.arrayContaining(['polarity-en', 'class names']))
    expect(Object.keys(plain?.recipe.knowledge ?? {})).not.toContain('class names')
    expect((await named?.predict('a lovely thing'))?.[0]?.label).toBe('1')
  })

  it('are carried to Transformers.js as the network alone, which is said', async () => {
    const model = await fineTune(await knowing(), dataset(sentences), { cache })
    const path = join(folder, 'exported')
    await model.save(path)
    await using loaded = await loadModel(path)
    for (const one of [model, loaded]) {
      expect(one.exports['transformers']?.description).toMatch(/the network alone, without polarity-en.* beside it$/)
      const { files } = await exportModel(one, 'transformers', join(folder, 'js'))
      expect([...files.keys()]).toContain('onnx/model.onnx')
    }
    const { inputs } = decodeModel(await readFile(join(folder, 'js/onnx/model.onnx')), 'model.onnx')
    expect(inputs.map(({ name }) => name)).toEqual(['input_ids', 'attention_mask'])
  })

  it.each<[string, { input: string; label: string }[]]>([
    ['labels that are ids', sentences.map(({ input, label }) => ({ input, label: label === 'good' ? '17' : '4' }))],
    ['one word in all', sentences.map(({ label }) => ({ input: label === 'good' ? 'word' : 'word word', label }))],
    [
      'a class name that contains another',
      sentences.map(({ input, label }) => ({ input, label: label === 'good' ? 'good' : 'not good' })),
    ],
    ['five examples', sentences.slice(1, 6)],
    ['texts without words', sentences.map(({ label }, index) => ({ input: '.'.repeat(index), label }))],
  ])('learn from %s', async (_, examples) => {
    const backbone = withKnowledge(await knowing(), [polarity('en'), words(), classNames()])
    const model = await fineTune(backbone, dataset(examples), { cache })
    expect(await model.predict(['whatever'])).toHaveLength(1)
  })
})
