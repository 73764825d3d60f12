import { basename } from 'node:path'
import { type ModelFiles } from '@headstart/core'
import { parseJsonText } from '@headstart/core/kit'
import { decodeNetworks, settings, type OpenTranslator, translatorParts } from './open-translator.js'

const networks = ['encoder_model', 'decoder_model_merged', 'decoder_model', 'decoder_with_past_model']

/** Whether files are an encoder-decoder as it is published, in the layout of the hub. */
export async function isPublishedTranslator(files: ModelFiles): Promise<boolean> {
  const config = await files.read('config.json')
  if (!config) return false
  try {
    const json = Object(parseJsonText(new TextDecoder().decode(config))) as { readonly is_encoder_decoder?: unknown }
    return json.is_encoder_decoder === true
  } catch {
    return false
  }
}

/**
 * A translator as it is published, from wherever its files lie, in float32 (`translator` opens other number formats). Of one of several
 * languages `translate` is told which.
 * @throws ModelFilesError where it lacks something.
 */
export async function readPublishedTranslator(files: ModelFiles): Promise<OpenTranslator> {
  const found = new Map<string, Uint8Array>()
  const wanted = [...settings, ...networks.flatMap((name) => [`onnx/${name}.onnx`, `${name}.onnx`])]
  for (const name of wanted) {
    const bytes = await files.read(name)
    if (bytes) found.set(name, bytes)
  }
  const beside = new Map([...found].filter(([name]) => !name.endsWith('.onnx')))
  return translatorParts(basename(files.name), beside, decodeNetworks(found), { saysLater: true })
}
