import { afterAll, expect, it } from 'vitest'
import { float32, int64, Session, type Tensor, tensor } from '@headstart/onnx'
import { zeros } from '@headstart/onnx/kit'
import '@headstart/onnx/test'
import { translator } from '../src/index.js'
import { openTranslator } from '../src/kit.js'
import { folder, tinyFolder } from './folders.js'
import { originalTranslations } from './original-pipeline.js'

const texts = [
  'open the file',
  'save all',
  'print',
  'the menu view help page',
  'close the list',
  'x y z',
  'a new name 12',
]
const open: Session[] = []
afterAll(async () => {
  for (const session of open) await session.close()
})

it('a translator says greedily what the pipeline of Transformers.js says, in a batch and one by one, however its decoders are filed', async () => {
  const original = await originalTranslations(await tinyFolder({ decoders: 'merged' }), texts)
  expect(new Set(original).size).toBeGreaterThan(3)
  for (const decoders of ['merged', 'apart', 'both'] as const) {
    await using opened = await translator(await tinyFolder({ decoders }))
    expect((await opened.translate(texts)).map(({ text }) => text)).toEqual(original)
    for (const [place, text] of texts.entries()) {
      expect((await opened.translate([text])).map((one) => one.text)).toEqual([original[place]])
    }
  }
})

it('a translator that was saved is a folder that Transformers.js translates with, the same', async () => {
  const saved = await folder()
  await using opened = await translator(await tinyFolder())
  await opened.save(`${saved}/model`)
  const said = (await opened.translate(texts)).map(({ text }) => text)
  expect(await originalTranslations(`${saved}/model`, texts)).toEqual(said)
  await using again = await translator(`${saved}/model`)
  expect(again.fingerprint).toBe(opened.fingerprint)
  expect((await again.translate(texts)).map(({ text }) => text)).toEqual(said)
})

it.each([
  { no_repeat_ngram_size: 3 },
  { repetition_penalty: 1.3 },
  { repetition_penalty: 1.1, no_repeat_ngram_size: 2 },
])('how a translator translates best is saved, and Transformers.js keeps to it: %j', async (settings) => {
  const saved = `${await folder()}/model`
  await using opened = await translator(await tinyFolder())
  await using other = opened.withNetworks(opened.networks.files, undefined, settings)
  const said = (await other.translate(texts)).map(({ text }) => text)
  expect(said).not.toEqual((await opened.translate(texts)).map(({ text }) => text))
  await other.save(saved)
  expect(await originalTranslations(saved, texts)).toEqual(said)
})

it('both ways through a decoder give the same logits as the merged file that they come from', async () => {
  const { networks, tokenizer, specialTokens } = await openTranslator(await tinyFolder({ decoders: 'merged' }))
  const session = async (graph: Parameters<typeof Session.create>[0]): Promise<Session> => {
    const opened = await Session.create(graph)
    open.push(opened)
    return opened
  }
  const ids = tokenizer.encodeSource('open the file')
  const mask = int64(
    [1, ids.length],
    ids.map(() => 1),
  )
  const encoder = await session(networks.encoder)
  const { last_hidden_state: states } = await encoder.run({
    input_ids: int64([1, ids.length], ids),
    attention_mask: mask,
  })
  const source = { encoder_attention_mask: mask, encoder_hidden_states: states as Tensor }
  const target = [specialTokens.decoderStart, 7, 9]
  const decoder = await session(networks.decoder)
  const whole = await decoder.run({ ...source, input_ids: int64([1, 3], target) })
  const before = await decoder.run({ ...source, input_ids: int64([1, 2], target.slice(0, 2)) })
  const past = Object.fromEntries(
    Object.entries(before).flatMap(([name, value]) =>
      name === 'logits' ? [] : [[name.replace('present', 'past_key_values'), value]],
    ),
  )
  const last = int64([1, 1], target.slice(2))
  const cached = await session(networks.decoderWithPast)
  const { logits } = await cached.run({ ...past, encoder_attention_mask: mask, input_ids: last })
  const size = (logits as Tensor).data.length
  const expected = float32([1, 1, size], (whole['logits'] as Tensor<'float32'>).data.slice(-size))
  expect(logits).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-5 })

  const merged = await session(networks.files.get(networks.names.decoder) as Parameters<typeof Session.create>[0])
  const yes = (value: number): Tensor => tensor('bool', [1], Uint8Array.of(value))
  const viaMerged = await merged.run({ ...source, ...past, input_ids: last, use_cache_branch: yes(1) })
  expect(viaMerged['logits']).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-5 })
  const none = Object.fromEntries(
    Object.entries(past).map(([name, { dims }]) => [name, zeros('float32', [1, dims[1] ?? 0, 0, dims[3] ?? 0])]),
  )
  const uncached = await merged.run({ ...source, ...none, input_ids: int64([1, 3], target), use_cache_branch: yes(0) })
  expect(uncached['logits']).toBeAllclose(whole['logits'] as Tensor, { rtol: 1e-5 })
})

const real = process.env['HEADSTART_TRANSLATOR']

it.skipIf(!real)('a trained translator says greedily what the pipeline of Transformers.js says', async () => {
  const phrases = ['Open the file.', 'Cannot save the document.', 'Press Enter to continue.', 'Settings', 'Zoom in']
  await using opened = await translator(real as string)
  expect((await opened.translate(phrases)).map(({ text }) => text)).toEqual(
    await originalTranslations(real as string, phrases),
  )
})
