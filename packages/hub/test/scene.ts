import { join } from 'node:path'
import { temporaryFolder } from './temporary-folder.js'
import type { FetchOptions } from '../src/fetch-model.js'
import { type HubContents, loopbackHub, type LoopbackHub } from '../src/test/index.js'

export const id = 'some-org/some-model'
export const commit = 'c'.repeat(40)
export const text = (content: string): Uint8Array => new TextEncoder().encode(content)
export const noise = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, place) => (place * 7919) % 251)

/** What the model's repository holds. */
export const files = {
  'config.json': text('{"model_type":"bert"}'),
  'tokenizer.json': noise(9000),
  'tokenizer_config.json': text('{}'),
  '1_Pooling/config.json': text('{"pooling_mode_cls_token":true}'),
  'README.md': text('read me'),
  'pytorch_model.bin': noise(50_000),
  'onnx/model.onnx': noise(300_000),
  'onnx/model_quantized.onnx': noise(70_000),
}

/** What is fetched of it. */
export const wanted = [
  '1_Pooling/config.json',
  'config.json',
  'onnx/model.onnx',
  'tokenizer.json',
  'tokenizer_config.json',
]

/** A hub of one's own that holds the model, and an empty cache. */
export async function scene(
  contents: Partial<HubContents> = {},
): Promise<{ hub: LoopbackHub; directory: string; options: FetchOptions }> {
  const hub = await loopbackHub({ id, files, ...contents })
  const directory = await temporaryFolder()
  return { hub, directory, options: { endpoint: hub.endpoint, cache: { directory }, retryDelay: 1, timeout: 60_000 } }
}

/** The path of the partial file of the network. */
export const partialOf = (directory: string): string =>
  join(directory, 'some-org--some-model', commit, 'onnx/.model.onnx.partial')
