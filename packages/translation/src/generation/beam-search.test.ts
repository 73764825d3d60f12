import { Session, type Tensor, tensor } from '@headstart/onnx'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTranslator, type TranslatorParts } from '../files/open-translator.js'
import { tinyFolder } from '../../test/folders.js'
import { generate } from './generate.js'
import { Sessions } from './sessions.js'
import { logSum } from './top-tokens.js'

const texts = ['open the file', 'print', 'a new name 12']
const usual = { beams: 1, maxLength: 20, lengthPenalty: 1, noRepeatNgram: 0, repetitionPenalty: 1, batchSize: 8 }

describe('beam search', () => {
  let parts: TranslatorParts
  let sessions: Sessions
  let sources: { ids: number[] }[]

  beforeAll(async () => {
    parts = await openTranslator(await tinyFolder())
    sessions = new Sessions(parts.networks)
    sources = texts.map((text) => ({ ids: parts.tokenizer.encodeSource(text) }))
  })
  afterAll(() => sessions.close())

  it.each([0.6, 1, 2])(
    'finds what trying every target of three tokens finds, at a length penalty of %d',
    async (lengthPenalty) => {
      const found = await generate(sessions, parts.specialTokens, sources, {
        ...usual,
        beams: 100,
        maxLength: 3,
        lengthPenalty,
      })
      for (const [place, { ids }] of sources.entries())
        expect(found[place]).toEqual(await best(parts, ids, lengthPenalty))
    },
  )

  it('with one hypothesis in a batch says what it says alone', async () => {
    const all = await generate(sessions, parts.specialTokens, sources, { ...usual, beams: 3 })
    for (const [place, source] of sources.entries()) {
      expect(await generate(sessions, parts.specialTokens, [source], { ...usual, beams: 3 })).toEqual([all[place]])
    }
  })

  it('says phrases that are demanded, and none of which half is there', async () => {
    const phrases = [parts.tokenizer.encodeInside('datei'), parts.tokenizer.encodeInside('qu5')]
    const demanding = sources.map((source) => ({ ...source, demands: { phrases, maxLength: 20 } }))
    const found = await generate(sessions, parts.specialTokens, demanding, { ...usual, beams: 2 })
    for (const ids of found) {
      for (const phrase of phrases) expect(` ${ids.join(' ')} `).toContain(` ${phrase.join(' ')} `)
    }
  })

  it('repeats no sequence of tokens where none may be', async () => {
    for (const beams of [1, 3]) {
      const found = await generate(sessions, parts.specialTokens, sources, { ...usual, beams, noRepeatNgram: 2 })
      for (const ids of found) {
        const pairs = ids.slice(1).map((id, place) => `${ids[place]} ${id}`)
        expect(new Set(pairs).size).toBe(pairs.length)
      }
    }
  })
})

/** The best of all targets of at most two tokens and the end, by their scores without a cache. */
async function best(
  { networks, specialTokens }: TranslatorParts,
  source: number[],
  lengthPenalty: number,
): Promise<number[]> {
  const { eos, decoderStart, suppressed } = specialTokens
  await using encoder = await Session.create(networks.encoder)
  await using decoder = await Session.create(networks.decoder)
  const whole = (dims: number[], values: number[]): Tensor => tensor('int64', dims, BigInt64Array.from(values, BigInt))
  const mask = whole(
    [1, source.length],
    source.map(() => 1),
  )
  const { last_hidden_state: states } = await encoder.run({
    input_ids: whole([1, source.length], source),
    attention_mask: mask,
  })
  const after = async (ids: number[]): Promise<Float32Array> => {
    const input = whole([1, ids.length + 1], [decoderStart, ...ids])
    const run = await decoder.run({
      input_ids: input,
      encoder_attention_mask: mask,
      encoder_hidden_states: states as Tensor,
    })
    const { data, dims } = run['logits'] as Tensor<'float32'>
    const scores = data.slice(-(dims.at(-1) ?? 0))
    for (const id of suppressed) scores[id] = -Infinity
    const total = logSum(scores)
    return scores.map((score) => score - total)
  }
  const ended: { ids: number[]; score: number }[] = []
  const first = await after([])
  ended.push({ ids: [], score: first[eos] ?? 0 })
  for (const [one, score] of first.entries()) {
    if (one === eos || score === -Infinity) continue
    const second = await after([one])
    ended.push({ ids: [one], score: (score + (second[eos] ?? 0)) / 2 ** lengthPenalty })
    // The third token can only be the end.
    for (const [two, more] of second.entries())
      if (two !== eos) ended.push({ ids: [one, two], score: (score + more) / 3 ** lengthPenalty })
  }
  return ended.reduce((a, b) => (b.score > a.score ? b : a)).ids
}
