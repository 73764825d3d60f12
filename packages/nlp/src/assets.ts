import { readAsset } from '@headstart/core/kit'

/** Each address is written out, as seen from here, so that bundlers and file tracers see it and take the file along. */
const encoder = {
  'model.onnx': () => new URL('../assets/universal-sentence-encoder/model.onnx', import.meta.url),
  'vocab.json': () => new URL('../assets/universal-sentence-encoder/vocab.json', import.meta.url),
}

/** A file of the built-in encoder. */
export function encoderAsset(name: keyof typeof encoder): Promise<Uint8Array> {
  return readAsset('@headstart/nlp', `assets/universal-sentence-encoder/${name}`, encoder[name])
}

const polarity = {
  en: () => new URL('../assets/polarity/en.json', import.meta.url),
}

/** The list of words of a language. */
export function polarityAsset(language: keyof typeof polarity): Promise<Uint8Array> {
  return readAsset('@headstart/nlp', `assets/polarity/${language}.json`, polarity[language])
}
