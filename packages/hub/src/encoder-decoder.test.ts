import { describe, expect, it, vi } from 'vitest'
import { fetchModel } from './fetch-model.js'
import { findEncoderDecoder } from './encoder-decoder.js'
import { id, noise, scene, text } from '../test/scene.js'

const settings = {
  'config.json': text('{"model_type":"marian"}'),
  'generation_config.json': text('{}'),
  'tokenizer.json': noise(900),
  'tokenizer_config.json': text('{}'),
}
const merged = {
  ...settings,
  'onnx/encoder_model.onnx': noise(1000),
  'onnx/encoder_model_quantized.onnx': noise(500),
  'onnx/decoder_model.onnx': noise(1200),
  'onnx/decoder_with_past_model.onnx': noise(1100),
  'onnx/decoder_model_merged.onnx': noise(1300),
  'onnx/decoder_model_merged_quantized.onnx': noise(600),
  'source.spm': noise(100),
}

describe('an encoder-decoder of the hub', () => {
  it('is fetched with all that it needs, of what is there twice the merged one', async () => {
    const { options } = await scene({ files: merged, pipeline: 'translation' })
    const { names } = await fetchModel(id, { ...options, kind: 'encoder-decoder' })
    const wanted = [...Object.keys(settings), 'onnx/decoder_model_merged.onnx', 'onnx/encoder_model.onnx']
    expect(names).toEqual(wanted.toSorted())
    const smaller = await fetchModel(id, { ...options, kind: 'encoder-decoder', dtype: 'q8' })
    expect(smaller.names).toContain('onnx/decoder_model_merged_quantized.onnx')
  })

  it('is refused before anything is fetched where it is a decoder alone, and where no encoder-decoder is wanted', async () => {
    const { options, hub } = await scene({ files: merged, pipeline: 'text-generation' })
    await expect(fetchModel(id, { ...options, kind: 'encoder-decoder' })).rejects.toThrow(
      'expected an encoder-decoder, got a model for text-generation, which is a decoder alone. It continues texts',
    )
    await expect(fetchModel(id, options)).rejects.toThrow('expected an encoder, got a model for text-generation')
    expect(hub.seenByStore).toHaveLength(0)
  })
})

it('an encoder-decoder that is not in the cache is fetched elsewhere where the network is forbidden', async () => {
  const { options } = await scene({ files: merged })
  vi.stubEnv('HEADSTART_OFFLINE', '1')
  try {
    await expect(fetchModel(id, { ...options, kind: 'encoder-decoder' })).rejects.toThrow(
      `Fetch it where there is a network (translator('${id}')), or give the path of a folder.`,
    )
  } finally {
    vi.unstubAllEnvs()
  }
})

describe('findEncoderDecoder', () => {
  it('takes two decoders where none is merged', () => {
    const names = ['encoder_model.onnx', 'decoder_model.onnx', 'decoder_with_past_model.onnx']
    const found = findEncoderDecoder('x', names)
    expect([found.encoder, found.decoder, found.decoderWithPast].map((one) => one?.name)).toEqual(names)
  })

  it.each([
    [['onnx/decoder_model_merged.onnx'], 'onnx/encoder_model.onnx beside the decoder'],
    [['onnx/encoder_model.onnx'], 'onnx/decoder_model_merged.onnx beside onnx/encoder_model.onnx'],
    [
      ['onnx/encoder_model.onnx', 'onnx/decoder_model.onnx'],
      'onnx/decoder_with_past_model.onnx beside onnx/decoder_model.onnx',
    ],
    [
      ['onnx/encoder_model.onnx', 'onnx/decoder_with_past_model.onnx'],
      'onnx/decoder_model.onnx beside onnx/decoder_with_past_model.onnx',
    ],
    [['onnx/model.onnx'], 'an encoder-decoder, with onnx/encoder_model.onnx and onnx/decoder_model_merged.onnx'],
    [[], 'an encoder-decoder'],
  ])('says what is missing of %j', (names, expected) => {
    expect(() => findEncoderDecoder('x', names)).toThrow(`x: expected ${expected}`)
  })
})
