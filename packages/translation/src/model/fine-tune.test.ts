import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float32, type Graph, Session, tensor, type Tensor, type Tensors } from '@headstart/onnx'
import '@headstart/onnx/test'
import { env, pipeline } from '@huggingface/transformers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Translator } from '../contract.js'
import type { Pair } from '../data/pair.js'
import { tinyTranslator, type TinyTranslatorOptions, writeTranslator } from '../test/tiny-translator.js'
import { translator } from '../translator.js'
import { tune } from '../tuning/tune.js'
import { fineTune } from './fine-tune.js'

const words: readonly (readonly [string, string])[] = [
  ['file', 'datei'],
  ['page', 'seite'],
  ['menu', 'menü'],
  ['view', 'ansicht'],
  ['list', 'liste'],
]
/** Of one length, so that one training graph serves all. */
const pairs: Pair[] = words.flatMap(([a, one]) =>
  words.flatMap(([b, other]) => (a === b ? [] : [{ source: `the ${a} ${b}`, target: `die ${one} ${other}` }])),
)
const quick = { epochs: 4, learningRate: 2e-2, threads: 1 }

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tuning-'))
})
afterAll(() => rm(root, { recursive: true }))

async function opened(
  decoders: 'merged' | 'apart' | 'both' = 'merged',
  kind: TinyTranslatorOptions = {},
): Promise<Translator> {
  const folder = join(root, `tiny-${decoders}-${Object.values(kind).join('-')}`)
  await writeTranslator(folder, tinyTranslator({ decoders, ...kind }))
  // Any two tokens can be the languages.
  const languages = kind.kind === 'm2m_100' ? { from: 'a', to: 'b' } : {}
  return translator(folder, { threads: 1, ...languages })
}

/** Gives the logits of all tokens of a target, without a cache and step by step with it. */
async function logitsBy({ networks, tokenizer, specialTokens }: Translator) {
  const { encoder, decoder, decoderWithPast } = networks
  const sessions = new Map<Graph, Session>()
  for (const graph of [encoder, decoder, decoderWithPast])
    sessions.set(graph, await Session.create(graph, { threads: 1 }))
  const run = (graph: Graph, feeds: Tensors): Promise<Tensors> => {
    const asked = graph.inputs.map(({ name }) => [name, feeds[name] as Tensor])
    return (sessions.get(graph) as Session).run(Object.fromEntries(asked))
  }
  const ints = (ids: readonly number[]): Tensor => tensor('int64', [1, ids.length], BigInt64Array.from(ids, BigInt))
  return {
    async of({ source, target }: Pair): Promise<[Tensor, Tensor]> {
      const ids = tokenizer.encodeSource(source)
      const attention_mask = ints(ids.map(() => 1))
      const said = await run(encoder, { input_ids: ints(ids), attention_mask })
      const given = {
        encoder_hidden_states: said['last_hidden_state'] as Tensor,
        encoder_attention_mask: attention_mask,
      }
      const read = [specialTokens.decoderStart, ...tokenizer.encodeTarget(target).slice(0, -1)]
      const { logits } = await run(decoder, { ...given, input_ids: ints(read) })
      let present: Tensors = await run(decoder, { ...given, input_ids: ints(read.slice(0, 1)) })
      const steps = [...((present['logits'] as Tensor).data as Float32Array)]
      for (const id of read.slice(1)) {
        const past = Object.fromEntries(
          Object.entries(present).map(([name, value]) => [name.replace('present.', 'past_key_values.'), value]),
        )
        present = { ...present, ...(await run(decoderWithPast, { ...given, ...past, input_ids: ints([id]) })) }
        steps.push(...((present['logits'] as Tensor).data as Float32Array))
      }
      return [logits as Tensor, float32(logits?.dims ?? [], steps)]
    },
    async close(): Promise<void> {
      for (const session of sessions.values()) await session.close()
    },
  }
}

/** What a target costs for each of its tokens, by logits. */
function costOf({ data, dims }: Tensor, target: readonly number[]): number {
  const vocabulary = dims.at(-1) as number
  return target.reduce((sum, id, place) => {
    const own = (data as Float32Array).subarray(place * vocabulary, (place + 1) * vocabulary)
    return sum + Math.log(own.reduce((total, value) => total + Math.exp(value), 0)) - (own[id] as number)
  }, 0)
}

describe('a translator that is fine-tuned', () => {
  it.each([
    ['its decoder, in one file', 'merged', {}, {}],
    ['its decoder, in two files', 'apart', {}, {}],
    ['all of it', 'merged', { unfreeze: 'all' }, {}],
    ['by low-rank updates', 'both', { lora: { rank: 4 } }, {}],
    ['of the kind T5, all of it', 'merged', { unfreeze: 'all' }, { kind: 't5' }],
    ['of the kind BART', 'apart', {}, { kind: 'bart' }],
    ['of the kind M2M100', 'merged', {}, { kind: 'm2m_100' }],
    ['with a vocabulary for each side, all of it', 'merged', { unfreeze: 'all' }, { apart: true }],
  ] as const)('learns (%s), and all its files say the same as what was trained', async (_, decoders, options, kind) => {
    await using base = await opened(decoders, kind)
    const { files, gained, heldOut } = await tune(base, pairs, { ...quick, ...options })
    expect(gained).toBe(true)
    expect(heldOut.after).toBeLessThan(heldOut.before)
    expect([...files.keys()]).toEqual([...base.networks.files.keys()])
    await using tuned = base.withNetworks(files)
    const logits = await logitsBy(tuned)
    let [cost, tokens] = [0, 0]
    for (const pair of heldOut.rows) {
      const [whole, stepwise] = await logits.of(pair)
      expect(stepwise).toBeAllclose(whole, { rtol: 0, atol: 1e-4 })
      const target = tuned.tokenizer.encodeTarget(pair.target)
      cost += costOf(whole, target)
      tokens += target.length
    }
    await logits.close()
    // What the training graph said of them, with the weights that were trained.
    expect(cost / tokens).toBeCloseTo(heldOut.after, 4)
    // Nodes and names stay: nothing of the training is left.
    for (const [name, graph] of files) {
      const before = base.networks.files.get(name)
      expect(graph.nodes.length).toBe(before?.nodes.length)
      expect([...graph.initializers.keys()]).toEqual([...(before?.initializers.keys() ?? [])])
    }
  })

  it('learns from held-out pairs as well in the end, where they are enough to have decided well', async () => {
    await using base = await opened()
    const many = pairs.flatMap(({ source, target }) =>
      words.flatMap(([c, one]) =>
        ['open', 'save'].map((verb) => ({ source: `${verb} ${source} ${c}`, target: `${target} ${one}` })),
      ),
    )
    const said: string[] = []
    const onEvent = (event: { type: string; run?: number }): number => said.push(`${event.type} ${event.run ?? ''}`)
    const {
      files,
      heldOut,
      learnsAll,
      costs,
      pairs: learned,
    } = await tune(base, many, { ...quick, epochs: 1, onEvent })
    expect([learnsAll, learned + heldOut.pairs]).toEqual([true, many.length])
    // Between the two runs it says that it tries how to translate.
    const runs = said.filter((one, place) => one !== said[place - 1]).map((one) => one.trim())
    expect(runs.slice(-3)).toEqual(['epoch 1', 'trial', 'step 2'])
    const trained = Array.from({ length: costs.rows }, (_, row) => costs.data[2 * row] as number)
    const total = trained.reduce((sum, one) => sum + one, 0)
    expect(total / (trained.length * 5)).not.toBeCloseTo(heldOut.after, 3)
    await using tuned = base.withNetworks(files)
    const logits = await logitsBy(tuned)
    const [first] = await logits.of(heldOut.rows[0] as Pair)
    expect(costOf(first, tuned.tokenizer.encodeTarget(heldOut.rows[0]?.target ?? ''))).toBeCloseTo(trained[0] ?? 0, 3)
    await logits.close()
  })

  it('keeps its encoder, where the decoder alone is tuned', async () => {
    await using base = await opened()
    const { files } = await tune(base, pairs, { ...quick, epochs: 1 })
    const { encoder } = base.networks.names
    expect(files.get(encoder)).toBe(base.networks.files.get(encoder))
  })

  it('has one shared embedding in all places, where all is tuned', async () => {
    await using base = await opened()
    const { files } = await tune(base, pairs, { ...quick, epochs: 1, unfreeze: 'all' })
    const tables = (all: ReadonlyMap<string, Graph>): string[] =>
      [...all.values()].flatMap((graph) =>
        [...graph.initializers.values()]
          .filter(({ dims }) => dims[0] === base.config.vocab_size && dims.length === 2)
          .map(({ data }) =>
            Buffer.from((data as Float32Array).buffer.slice(0))
              .toString('base64')
              .slice(0, 400),
          ),
      )
    expect(new Set(tables(files)).size).toBe(1)
    expect(tables(files).length).toBe(tables(base.networks.files).length)
    expect(tables(files)[0]).not.toBe(tables(base.networks.files)[0])
  })

  it('is saved as a folder with which Transformers.js translates the same', async () => {
    await using base = await opened()
    await using model = await fineTune(base, pairs, quick)
    const folder = join(root, 'saved')
    await model.save(folder)
    const texts = pairs.slice(0, 3).map(({ source }) => source)
    const said = (await model.translate(texts)).map(({ text }) => text)
    env.allowRemoteModels = false
    env.localModelPath = `${root}/`
    const translate = await pipeline('translation', 'saved', { dtype: 'fp32' })
    const theirs: string[] = []
    for (const text of texts) {
      const [answer] = (await translate(text, { num_beams: 1 } as never)) as { translation_text: string }[]
      theirs.push(answer?.translation_text ?? '')
    }
    await translate.dispose()
    expect(theirs).toEqual(said)
    await using again = await translator(folder)
    expect((await again.translate(texts)).map(({ text }) => text)).toEqual(said)
    const manifest = JSON.parse(await readFile(join(folder, 'headstart.json'), 'utf8')) as { training: object }
    expect(manifest.training).toMatchObject({ pairs: 18, unfreeze: 'decoder', kept: 'tuned', lora: null })
  })

  it('says where Transformers.js does not translate with its folder', async () => {
    for (const [kind, expected] of [
      [{ apart: true }, 'a vocabulary each'],
      [{}, undefined],
    ] as const) {
      await using base = await opened('merged', kind)
      const said: string[] = []
      const onEvent = (event: { type: string; message?: string }): number => said.push(event.message ?? '')
      await using model = await fineTune(base, pairs, { ...quick, epochs: 1, onEvent })
      for (const text of [said.join('\n'), model.describe().text()]) {
        if (expected) expect(text).toContain(expected)
        else expect(text).not.toContain('Transformers.js')
      }
    }
  })

  it('goes on from a checkpoint with the same bits', async () => {
    await using base = await opened()
    const checkpoint = { file: join(root, 'checkpoint'), seconds: 0 }
    const whole = await tune(base, pairs, { ...quick, epochs: 2 })
    const stop = new AbortController()
    const onEvent = ({ type, ...event }: { type: string }): void => {
      if (type === 'step' && (event as unknown as { step: number }).step === 2) stop.abort()
    }
    await expect(tune(base, pairs, { ...quick, epochs: 2, checkpoint, signal: stop.signal, onEvent })).rejects.toThrow(
      'aborted',
    )
    const resumed = await tune(base, pairs, { ...quick, epochs: 2, checkpoint, resume: true })
    expect(resumed.heldOut).toEqual(whole.heldOut)
  })

  it('is kept as it was where held-out pairs do not gain, and this is said', async () => {
    await using base = await opened()
    const said: string[] = []
    const onEvent = (event: { type: string; message?: string }): number => said.push(event.message ?? '')
    await using model = await fineTune(base, pairs, { ...quick, epochs: 1, learningRate: 30, onEvent })
    expect(model.training).toMatchObject({ kept: 'untouched', epochs: 0 })
    expect(model.translator.networks.files).toBe(base.networks.files)
    expect(said.join('\n')).toContain('the translator is kept as it was')
  })

  it('refuses weights that are not float32', async () => {
    await using base = await opened()
    const { encoder } = base.networks.names
    const graph = base.networks.files.get(encoder) as Graph
    const [name, { dims, data }] = [...graph.initializers].find(([, weight]) => weight.dims.length === 2) as [
      string,
      Tensor,
    ]
    const half = tensor('float16', dims, new Uint16Array(data.length))
    const rounded = graph.with({ initializers: new Map(graph.initializers).set(name, half) })
    const parts = { ...base.networks, files: new Map(base.networks.files).set(encoder, rounded) }
    const other = Object.create(base, { networks: { value: parts } }) as Translator
    await expect(tune(other, pairs, quick)).rejects.toThrow(
      'expected weights in float32, to be trained, got float16 ones',
    )
  })

  it.each([
    ['one pair', pairs.slice(0, 1), {}, 'pairs to learn from: expected at least 10'],
    ['a share of 2', pairs, { heldOut: 2 }, 'option "heldOut"'],
    ['a learning rate of 0', pairs, { learningRate: 0 }, 'option "learningRate"'],
    ['a rank above all matrices', pairs, { lora: { rank: 999 } }, 'option "lora"'],
  ])('refuses %s', async (_, given, options, expected) => {
    await using base = await opened()
    await expect(fineTune(base, given, options)).rejects.toThrow(expected)
  })
})
