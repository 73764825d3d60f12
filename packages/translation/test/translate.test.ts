import { InputError } from '@headstart/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { translator, type Translator } from '../src/index.js'
import { folder, tinyFolder } from './folders.js'
import { originalTranslations } from './original-pipeline.js'

describe('translate', () => {
  let opened: Translator
  beforeAll(async () => {
    opened = await translator(await tinyFolder())
  })
  afterAll(() => opened.close())

  const said = async (text: string, options = {}): Promise<string> =>
    (await opened.translate([text], options))[0]?.text ?? ''

  it('keeps order and what there is nothing to say of: empty texts, numbers, placeholders alone, space around', async () => {
    const texts = [
      'print',
      '',
      ' \n',
      '42',
      'E12',
      'https://x.org/a?b=c',
      '{0}: %s',
      '  open the file\n\nsave all \n',
      'print',
    ]
    const found = await opened.translate(texts)
    const [one, ...rest] = found.map(({ text }) => text)
    expect(rest).toEqual([
      '',
      ' \n',
      '42',
      'E12',
      'https://x.org/a?b=c',
      '{0}: %s',
      `  ${await said('open the file')}\n\n${await said('save all')} \n`,
      one,
    ])
    expect(await opened.translate([])).toEqual([])
  })

  it('has every placeholder come out as it went in', async () => {
    const texts = [
      'open {0} in <b>list</b>',
      'save %s',
      'copy {name} {name}',
      'the <a href="https://x.org/a/long/one?y=1">page</a>',
    ]
    for (const beams of [1, 2]) {
      for (const [place, { text }] of (await opened.translate(texts, { beams })).entries()) {
        const kept = texts[place]?.match(/[{<%][^ {<%>}]*(?: href=[^>]*)?[}>s]/g) ?? []
        expect(kept.length).toBeGreaterThan(0)
        for (const placeholder of kept) expect(text).toContain(placeholder)
      }
    }
  })

  it('says nothing like a placeholder where the source has none', async () => {
    await using inventive = await translator(await tinyFolder({ seed: 41 }))
    // What it says by itself.
    expect(await originalTranslations(await tinyFolder({ seed: 41, decoders: 'merged' }), ['save all'])).toEqual([
      expect.stringContaining('%%'),
    ])
    const [one] = await inventive.translate(['save all'])
    expect(one?.text).toMatch(/^[^%{<]+$/)
    expect(one?.problems).toEqual([])
  })

  it('a text that its tokenizer never comes to the end of costs itself alone', async () => {
    const slow = await tinyFolder({}, (files) => {
      const json = JSON.parse(new TextDecoder().decode(files.get('tokenizer.json'))) as { normalizer: object | null }
      const endless = { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: 'a' }
      json.normalizer = { type: 'Sequence', normalizers: [endless, ...(json.normalizer ? [json.normalizer] : [])] }
      files.set('tokenizer.json', new TextEncoder().encode(JSON.stringify(json)))
    })
    await using guarded = await translator(slow)
    const texts = ['open the file', `${'a'.repeat(60)}!`, 'print']
    const unreadable: [number, string][] = []
    const onUnreadable = (place: number, { message }: InputError): void => void unreadable.push([place, message])
    const started = performance.now()
    expect(await guarded.translate(texts, { onUnreadable })).toEqual([
      ...(await guarded.translate(['open the file'])),
      undefined,
      ...(await guarded.translate(['print'])),
    ])
    expect(performance.now() - started).toBeLessThan(4000)
    expect(unreadable).toEqual([[1, expect.stringContaining('one that its tokenizer reads within')]])
    await expect(guarded.translate(texts)).rejects.toThrow(InputError)
  })

  it('a text of a megabyte without a space is refused, or translated, and no other is lost', async () => {
    const unreadable: number[] = []
    const texts = ['print', 'b'.repeat(500_000), 'save all']
    const [first, , last] = await opened.translate(texts, {
      maxLength: 2,
      onUnreadable: (place, error) => {
        expect(error).toBeInstanceOf(InputError)
        unreadable.push(place)
      },
    })
    expect(unreadable.every((place) => place === 1)).toBe(true)
    expect([first, last]).toEqual(await opened.translate(['print', 'save all'], { maxLength: 2 }))
  })

  it('translates each form of a plural as a sentence', async () => {
    const [one] = await opened.translate(['the {n, plural, one {file} other {list}}'])
    const [file, list] = [await said('the file'), await said('the list')]
    expect(one?.text).toBe(`{n, plural, one {${file}} other {${list}}}`)
  })

  it('has the words of a glossary where its term is, and marks what lacks one', async () => {
    const glossary = { file: 'Datei', 'all new': 'alle neuen' }
    const [one, two] = await opened.translate(['Open the File', 'print'], { glossary: { file: 'datei' } })
    expect(one?.text.toLowerCase()).toContain('datei')
    expect(one?.problems).toEqual([])
    expect(two?.text).toBe(await said('print'))
    // The vocabulary has no capital letters.
    expect((await opened.translate(['a file'], { glossary }))[0]?.problems).toEqual([
      'Datei, which the glossary has for file, is missing.',
    ])
  })

  it('leaves names alone that are to be kept', async () => {
    const [one] = await opened.translate(['save the page menu'], { keep: ['page', /m\w+u/] })
    expect(one?.text).toMatch(/page.*menu/)
  })

  it('splits a text that is longer than the model reads, or refuses it', async () => {
    const long = 'open the file and the page. '.repeat(20).trim()
    const [one] = await opened.translate([long])
    expect(one?.text.length).toBeGreaterThan((await said('open the file and the page.')).length)
    await expect(opened.translate(['print', long], { longTexts: 'refuse' })).rejects.toThrow(
      /^text 2: expected at most 64 tokens, which is what .* reads, got \d+\. Shorten it, or have it split/,
    )
  })

  it('says how far it is, ends when it is told to, and goes on after it was closed', async () => {
    const seen: number[] = []
    await opened.translate(['print', 'save all', 'open the list'], {
      batchSize: 1,
      onProgress: ({ done }) => seen.push(done),
    })
    expect(seen).toEqual([1, 2, 3])
    await expect(opened.translate(['print'], { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
    const before = await said('print')
    await opened.close()
    expect(await said('print')).toBe(before)
  })

  it('respects the longest that a translation may be', async () => {
    expect(
      opened.tokenizer.encodeInside(await said('the menu view help page', { maxLength: 4 })).length,
    ).toBeLessThanOrEqual(4)
  })

  it.each([
    [{ beams: 0 }, 'option "beams": expected a whole number from 1 on, got 0. Correct it, or leave it out.'],
    [
      { maxLength: 1.5 },
      'option "maxLength": expected a whole number from 1 on, got 1.5. Correct it, or leave it out.',
    ],
    [
      { longTexts: 'cut' as never },
      'option "longTexts": expected one of "split", "refuse", got "cut". Correct it, or leave it out.',
    ],
  ])('refuses %j', async (options, message) => {
    await expect(opened.translate(['print'], options)).rejects.toThrow(message)
  })

  it('refuses what is no text', async () => {
    await expect(opened.translate([7 as never])).rejects.toThrow('text 1: expected a text, got 7. Leave it out.')
  })
})

describe('a folder that is no translator', () => {
  const text = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  const changed = (name: string, change: (json: never) => object) => (files: Map<string, Uint8Array>) => {
    files.set(name, text(change(JSON.parse(new TextDecoder().decode(files.get(name))) as never)))
  }

  it.each<[string, string, (files: Map<string, Uint8Array>) => void]>([
    [
      'a decoder without the one with a cache',
      'expected onnx/decoder_with_past_model.onnx beside onnx/decoder_model.onnx, got the networks',
      (files) => [...files.keys()].filter((name) => /past|merged/.test(name)).forEach((name) => files.delete(name)),
    ],
    [
      'a decoder without its encoder',
      'expected onnx/encoder_model.onnx beside the decoder, got the networks',
      (files) => files.delete('onnx/encoder_model.onnx'),
    ],
    [
      'an encoder without a decoder',
      'expected onnx/decoder_model_merged.onnx beside onnx/encoder_model.onnx, got the networks onnx/encoder_model.onnx',
      (files) => [...files.keys()].filter((name) => name.includes('decoder')).forEach((name) => files.delete(name)),
    ],
    [
      'a decoder alone',
      'expected an encoder-decoder, which translates, got a decoder alone (GPT2LMHeadModel). It continues texts, as a chat does.',
      (files) => {
        files.delete('onnx/encoder_model.onnx')
        files.set('config.json', text({ model_type: 'gpt2', architectures: ['GPT2LMHeadModel'] }))
      },
    ],
    [
      'an encoder alone',
      'got an encoder alone (BertModel). An encoder tells classes and likeness of texts: see @headstart/nlp.',
      (files) => {
        files.delete('onnx/encoder_model.onnx')
        files.set('config.json', text({ model_type: 'bert', architectures: ['BertModel'] }))
      },
    ],
    [
      'a tokenizer of the source alone',
      'tokenizer.json: expected a tokenizer of both sides, source and target, got one of the source alone.',
      changed('tokenizer_config.json', (json: object) => ({ ...json, separate_vocabs: true })),
    ],
    [
      'a tokenizer that is too small',
      "got one of 87 tokens, of the decoder's 5000.",
      changed('config.json', (json: object) => ({ ...json, vocab_size: 5000, decoder_vocab_size: 5000 })),
    ],
    [
      'no tokenizer',
      'expected tokenizer.json and tokenizer_config.json, or vocab.json with source.spm and target.spm, got source.spm.',
      (files) => {
        files.delete('tokenizer.json')
        files.set('source.spm', new Uint8Array(4))
      },
    ],
    [
      'no configuration',
      'expected the folder of a model, with config.json, got one without.',
      (files) => files.delete('config.json'),
    ],
    [
      'a configuration that says nothing of the end',
      'expected a configuration with eos_token_id, got one without.',
      (files) => {
        for (const name of ['config.json', 'generation_config.json'])
          changed(name, (json: object) => ({ ...json, eos_token_id: null }))(files)
      },
    ],
    [
      'a damaged tokenizer',
      'tokenizer.json: expected JSON, got something else.',
      (files) => files.set('tokenizer.json', new Uint8Array(9)),
    ],
    [
      'a damaged network',
      'expected an ONNX network',
      (files) => files.set('onnx/encoder_model.onnx', new Uint8Array(99).fill(7)),
    ],
  ])('is refused: %s', async (_, message, change) => {
    await expect(translator(await tinyFolder({}, change))).rejects.toThrow(message)
  })

  it('is refused where a saved one was changed', async () => {
    const place = `${await folder()}/model`
    await using opened = await translator(await tinyFolder())
    await opened.save(place)
    const { writeFile } = await import('node:fs/promises')
    await writeFile(`${place}/config.json`, '{}')
    await expect(translator(place)).rejects.toThrow('expected config.json as it was saved')
  })
})
