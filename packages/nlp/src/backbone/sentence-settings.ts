import type { JsonObject, JsonValue } from '@headstart/core'
import type { ModelFolder } from '@headstart/hub'
import type { Pooling } from './pooled-graph.js'
import { publishedEncoders } from './published-encoders.js'

/**
 * What is known of how an encoder is used: where sentence-transformers wrote it into its folder (`modules.json` and
 * beside it), else where it is one of the published encoders.
 */
export interface SentenceSettings {
  readonly pooling?: Pooling
  readonly normalize?: boolean
  readonly prefix?: string
  readonly maxLength?: number
  /** What cannot be followed, in words. */
  readonly unsupported: readonly string[]
}

const poolings: Readonly<Record<string, Pooling>> = {
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_cls_token: 'cls',
  pooling_mode_lasttoken: 'last',
}

/**
 * Reads how an encoder is used.
 * @throws ModelFilesError for files that are no JSON.
 */
export async function sentenceSettings(folder: ModelFolder): Promise<SentenceSettings> {
  const modules = Object.values((await folder.json('modules.json')) ?? {}).map((module) => Object(module) as JsonObject)
  const kinds = modules.map(({ type }) => String(type).split('.').at(-1))
  const unsupported = kinds
    .filter((kind) => kind !== 'Transformer' && kind !== 'Pooling' && kind !== 'Normalize')
    .map((kind) => `its layer "${kind}" is not part of the network file and is left out`)

  const path = text(modules[kinds.indexOf('Pooling')]?.['path'])
  const config = (path === undefined ? undefined : await folder.json(`${path}/config.json`)) ?? {}
  const modes = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true)
  const pooling = modes.length === 1 ? poolings[modes[0] as string] : undefined
  if (modes.length > 0 && !pooling) unsupported.push(`its pooling (${modes.join(' and ')}) is not supported`)

  const { max_seq_length } = (await folder.json('sentence_bert_config.json')) ?? {}
  const { prompts, default_prompt_name } = (await folder.json('config_sentence_transformers.json')) ?? {}
  const prefix = text((Object(prompts) as JsonObject)[String(default_prompt_name)])
  return {
    ...publishedSettings(folder.id),
    unsupported,
    ...(pooling && { pooling }),
    ...(modules.length > 0 && { normalize: kinds.includes('Normalize') }),
    ...(typeof max_seq_length === 'number' && { maxLength: max_seq_length }),
    ...(prefix !== undefined && { prefix }),
  }
}

function publishedSettings(id: string): Omit<SentenceSettings, 'unsupported'> {
  const known = publishedEncoders.find((encoder) => encoder.id === id)
  if (!known) return {}
  const { pooling, normalize, prefix, maxLength } = known
  return { pooling, normalize, ...(prefix !== undefined && { prefix }), ...(maxLength !== undefined && { maxLength }) }
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
