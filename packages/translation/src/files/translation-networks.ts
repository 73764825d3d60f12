import { ModelFilesError } from '@headstart/hub'
import type { Graph } from '@headstart/onnx'
import { extract, takeBranches } from '@headstart/onnx/kit'
import type { NetworkNames, TranslationNetworks } from '../contract.js'

/** What an encoder and a decoder can be asked for; others are of models that read something else than text. */
const taken: ReadonlySet<string> = new Set([
  'input_ids',
  'attention_mask',
  'decoder_attention_mask',
  'encoder_attention_mask',
  'encoder_hidden_states',
])
const past = 'past_key_values.'

/**
 * The networks of a translator from those of its files. Of a merged decoder both branches are taken apart: weights that they share
 * are the same tensors, under the names that they have in the file.
 * @throws ModelFilesError where inputs or outputs are not those of such networks.
 */
export function translationNetworks(
  who: string,
  files: ReadonlyMap<string, Graph>,
  names: NetworkNames,
): TranslationNetworks {
  const graph = (name: string): Graph => files.get(name) as Graph
  const merged = graph(names.decoder)
  const way = (cached: boolean): Graph =>
    takeBranches(merged, (condition) => (condition === 'use_cache_branch' ? cached : undefined))
  const decoder = names.decoderWithPast === undefined ? way(false) : merged
  const cached = names.decoderWithPast === undefined ? way(true) : graph(names.decoderWithPast)
  const networks = {
    files,
    names,
    encoder: part(who, graph(names.encoder), 'last_hidden_state', (output) => output === 'last_hidden_state'),
    decoder: part(who, decoder, 'logits', (output) => output === 'logits' || output.startsWith('present.')),
    // What it knows of the source does not change, and need not come out again.
    decoderWithPast: part(
      who,
      cached,
      'logits',
      (output) => output === 'logits' || (output.startsWith('present.') && !output.includes('.encoder.')),
    ),
  }
  requireCache(who, networks)
  return networks
}

/** The part of a network that gives some of its outputs. */
function part(who: string, graph: Graph, needed: string, wanted: (output: string) => boolean): Graph {
  const outputs = graph.outputs.map(({ name }) => name)
  if (!outputs.includes(needed)) {
    const remedy = 'Export it again (optimum-cli export onnx --task text2text-generation-with-past).'
    throw new ModelFilesError(who, `a network with the output ${needed}`, outputs.join(', '), remedy)
  }
  const found = extract(graph, [], outputs.filter(wanted))
  const strange = found.inputs.filter(({ name }) => !taken.has(name) && !name.startsWith(past))
  if (strange.length === 0) return found
  const got = `one that wants ${strange.map(({ name }) => name).join(', ')}`
  throw new ModelFilesError(who, 'a network that reads texts', got, 'Choose a translator, such as an OPUS-MT.')
}

/** @throws ModelFilesError where the decoder with a cache wants what the one without does not give. */
function requireCache(who: string, { decoder, decoderWithPast }: TranslationNetworks): void {
  const given = new Set(decoder.outputs.map(({ name }) => name))
  const wanted = decoderWithPast.inputs.flatMap(({ name }) => (name.startsWith(past) ? [presentOf(name)] : []))
  const missing = wanted.filter((name) => !given.has(name))
  if (wanted.length > 0 && missing.length === 0) return
  const got = missing.length > 0 ? `one without ${missing[0]}` : 'a decoder that takes no cache'
  const remedy = 'Export the model again (optimum-cli export onnx --task text2text-generation-with-past).'
  throw new ModelFilesError(who, 'decoders of one model, with a cache of keys and values', got, remedy)
}

/** The output of a decoder that is the next step's input `past_key_values.0.decoder.key`. */
export function presentOf(name: string): string {
  return `present.${name.slice(past.length)}`
}
