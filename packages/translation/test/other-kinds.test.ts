import { modelFiles } from '@headstart/core/kit'
import { describe, expect, it } from 'vitest'
import { translator, type Translator } from '../src/index.js'
import { loadTranslator } from '../src/translator.js'
import { folder, tinyFolder } from './folders.js'
import { originalTranslations } from './original-pipeline.js'

const texts = ['open the file', 'save all', 'the menu view help page', 'a new name 12']

type Json = Record<string, unknown>
const edit = (files: Map<string, Uint8Array>, name: string, change: (json: Json) => Json): void => {
  const json = JSON.parse(new TextDecoder().decode(files.get(name))) as Json
  files.set(name, new TextEncoder().encode(JSON.stringify(change(json))))
}

/** The tokens and settings of another kind of model. */
function kind(settings: {
  readonly config: Json
  readonly tokenizer: Json
  /** Pieces of the vocabulary that become special tokens, by what they are called then. */
  readonly special?: Readonly<Record<string, string>>
  readonly processor?: object
}) {
  return (files: Map<string, Uint8Array>): void => {
    edit(files, 'config.json', (json) => ({ ...json, ...settings.config }))
    edit(files, 'generation_config.json', (json) => ({ ...json, ...settings.config }))
    edit(files, 'tokenizer_config.json', ({ source_lang: _source, target_lang: _target, ...json }) => ({
      ...json,
      ...settings.tokenizer,
    }))
    edit(files, 'tokenizer.json', (json) => {
      const model = json['model'] as { vocab: [string, number][] }
      const added = [...(json['added_tokens'] as Json[])]
      const vocab = model.vocab.map(([piece, score], id): [string, number] => {
        const name = settings.special?.[piece]
        if (name === undefined) return [piece, score]
        added.push({ ...added[0], id, content: name })
        return [name, score]
      })
      const processor = settings.processor ?? json['post_processor']
      return { ...json, added_tokens: added, model: { ...model, vocab }, post_processor: processor }
    })
  }
}

const around = (...pieces: string[]) => ({
  type: 'TemplateProcessing',
  single: pieces.map((id) => (id === 'A' ? { Sequence: { id, type_id: 0 } } : { SpecialToken: { id, type_id: 0 } })),
  pair: pieces.map((id) => (id === 'A' ? { Sequence: { id, type_id: 0 } } : { SpecialToken: { id, type_id: 0 } })),
  special_tokens: Object.fromEntries(
    pieces.flatMap((id) =>
      id === 'A'
        ? []
        : [[id, { id, ids: [({ '</s>': 0, '<s>': 44, __en__: 45, eng_Latn: 45 } as Json)[id]], tokens: [id] }]],
    ),
  ),
})

const m2m100 = kind({
  config: { decoder_start_token_id: 0 },
  tokenizer: { tokenizer_class: 'M2M100Tokenizer', additional_special_tokens: ['__en__', '__de__'] },
  special: { i: '__en__', j: '__de__' },
  processor: around('__en__', 'A', '</s>'),
})

/** What Transformers.js says, without the spaces around it that networks with random weights say. */
async function original(...given: Parameters<typeof originalTranslations>): Promise<string[]> {
  return (await originalTranslations(...given)).map((text) => text.trim())
}

/** What it says of the texts: not of all the same. */
async function translations(opened: Translator): Promise<string[]> {
  const said = (await opened.translate(texts)).map(({ text }) => text)
  expect(new Set(said).size).toBeGreaterThan(1)
  return said
}

describe('what Transformers.js says of the same folder, says a translator of the kind', () => {
  it('M2M100, whose languages are tokens', async () => {
    const path = await tinyFolder({ decoders: 'merged', kind: 'm2m_100' }, m2m100)
    await using opened = await translator(path, { from: 'en', to: 'de' })
    const said = await translations(opened)
    expect(said).toEqual(await original(path, texts, { src_lang: 'en', tgt_lang: 'de' }))
    await expect(translator(path, { from: 'en' })).rejects.toThrow('option "to": expected a language that')
    await expect(translator(path, { from: 'en', to: 'xx' })).rejects.toThrow('knows (__en__, __de__, ...), got xx.')
  })

  it('M2M100 that is told its languages when it translates, as the command line opens it', async () => {
    const path = await tinyFolder({ decoders: 'merged', kind: 'm2m_100' }, m2m100)
    await using opened = await loadTranslator(modelFiles(path))
    expect((await opened.translate(texts, { from: 'en', to: 'de' })).map(({ text }) => text)).toEqual(
      await original(path, texts, { src_lang: 'en', tgt_lang: 'de' }),
    )
    await expect(opened.translate(texts)).rejects.toThrow('option "from": expected a language that')
    await expect(opened.translate(texts, { from: 'en', to: 'xx' })).rejects.toThrow('option "to"')
  })

  it('NLLB, whose languages are tokens with their script', async () => {
    const change = kind({
      config: { decoder_start_token_id: 0 },
      tokenizer: { tokenizer_class: 'NllbTokenizer', additional_special_tokens: ['eng_Latn', 'deu_Latn'] },
      special: { i: 'eng_Latn', j: 'deu_Latn' },
      processor: around('eng_Latn', 'A', '</s>'),
    })
    const path = await tinyFolder({ decoders: 'merged', kind: 'm2m_100' }, change)
    await using opened = await translator(path, { from: 'eng_Latn', to: 'deu_Latn' })
    const said = await translations(opened)
    expect((await opened.translate(texts, { from: 'en', to: 'de' })).map(({ text }) => text)).toEqual(said)
    expect(said).toEqual(await original(path, texts, { src_lang: 'eng_Latn', tgt_lang: 'deu_Latn' }))
  })

  it('T5, which is told in words what to do', async () => {
    const change = kind({
      config: {
        num_layers: 2,
        num_decoder_layers: 2,
        num_heads: 2,
        d_kv: 8,
        decoder_start_token_id: 86,
        task_specific_params: { translation_en_to_de: { prefix: 'name the page: ' } },
      },
      tokenizer: { tokenizer_class: 'T5Tokenizer' },
    })
    const path = await tinyFolder({ decoders: 'merged', kind: 't5' }, change)
    await using opened = await translator(path)
    const said = await translations(opened)
    const whole = texts.map((text) => `name the page: ${text}`)
    expect(said).toEqual(await original(path, whole))
  })

  it('BART, whose texts begin with a token as well', async () => {
    const change = kind({
      config: {
        decoder_start_token_id: 0,
        forced_bos_token_id: 44,
      },
      tokenizer: { tokenizer_class: 'BartTokenizer', bos_token: '<s>' },
      special: { h: '<s>' },
      processor: around('<s>', 'A', '</s>'),
    })
    const path = await tinyFolder({ decoders: 'merged', kind: 'bart' }, change)
    await using opened = await translator(path)
    const said = await translations(opened)
    expect(said).toEqual(await original(path, texts))
    expect(opened.tokenizer.encodeTarget('datei')).toEqual([44, ...opened.tokenizer.encodeInside('datei'), 0])
  })

  it('OPUS-MT of several targets, which begins with the language', async () => {
    const path = await tinyFolder(
      { decoders: 'merged' },
      kind({ config: {}, tokenizer: {}, special: { i: '>>deu<<', j: '>>nld<<' } }),
    )
    await using opened = await translator(path, { to: 'deu' })
    const said = await translations(opened)
    const whole = texts.map((text) => `>>deu<< ${text}`)
    expect(said).toEqual(await original(path, whole))
    await expect(translator(path)).rejects.toThrow('translates into (deu, nld), got nothing. Name one of these.')
  })
})

describe('a Marian model whose sides have a vocabulary each', () => {
  it('reads with one and says with the other, as the files of SentencePiece have them', async () => {
    await using opened = await translator(await tinyFolder({ apart: true }))
    const { tokenizer, networks, specialTokens } = opened
    // `</s>`, `<unk>` and the mark of a word stand before the words.
    expect(tokenizer.encodeSource('the a file')).toEqual([3, 4, 5, 0])
    expect(tokenizer.encodeTarget('die der das datei')).toEqual([3, 4, 5, 6, 0])
    expect(tokenizer.decode([6, 7])).toBe('datei öffnen')
    expect(tokenizer.covers('{1}')).toBe(true)
    expect(tokenizer.covers('seite')).toBe(true)
    expect(networks.encoder.initializers.get('model.encoder.embed_tokens.weight')?.dims[0]).not.toBe(
      networks.decoder.initializers.get('model.shared.weight')?.dims[0],
    )
    expect(specialTokens.sourcePad).not.toBe(specialTokens.pad)

    const together = await opened.translate(texts)
    for (const [place, text] of texts.entries()) expect((await opened.translate([text]))[0]).toEqual(together[place])
    const saved = `${await folder()}/model`
    await opened.save(saved)
    await using again = await translator(saved)
    expect(await again.translate(texts)).toEqual(together)
  })

  it.each([
    [
      'target.spm',
      'expected tokenizer.json and tokenizer_config.json, or vocab.json with source.spm and target.spm, got',
    ],
    ['source.spm', 'got vocab.json, target_vocab.json, target.spm.'],
  ])('is refused without %s', async (name, message) => {
    const path = await tinyFolder({ apart: true }, (files) => files.delete(name))
    await expect(translator(path)).rejects.toThrow(message)
  })

  it('is refused where a file of SentencePiece is damaged', async () => {
    const path = await tinyFolder({ apart: true }, (files) => files.set('target.spm', new Uint8Array(40).fill(0x99)))
    await expect(translator(path)).rejects.toThrow('target.spm: expected a model of SentencePiece, got something else.')
  })
})

it('a text that the patterns of a tokenizer never end with is refused, and the others are translated', async () => {
  const hostile = (files: Map<string, Uint8Array>): void =>
    edit(files, 'tokenizer.json', (json) => ({
      ...json,
      normalizer: { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: 'a' },
    }))
  await using opened = await translator(await tinyFolder({ decoders: 'merged' }, hostile))
  await expect(opened.translate([`${'a'.repeat(64)}!`])).rejects.toThrow('expected one that its tokenizer reads within')
  expect((await opened.translate(['print']))[0]?.text).not.toBe('')
})
