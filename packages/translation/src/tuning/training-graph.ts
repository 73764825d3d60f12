import { type Graph, GraphBuilder } from '@headstart/onnx'
import { connect, extract, rename, upgradeOpset } from '@headstart/onnx/kit'
import type { TranslationNetworks } from '../contract.js'
import { tieWeights } from './tie-weights.js'

/** How deep a translator is tuned: its decoder, over what the frozen encoder says, or all of it. */
export type Depth = 'decoder' | 'all'

/** A graph from tokens to a loss. */
export interface TrainingGraph {
  readonly graph: Graph
  /** Name of the loss: the mean over tokens, with label smoothing. */
  readonly loss: string
  /** Name of what each token costs without smoothing, -log p, `[tokens, 1]`. */
  readonly costs: string
}

/** Names of inputs: what the decoder has read, and what it should say next. */
export const decoderIds = 'decoder_input_ids'
export const targets = 'targets'
export const weights = 'weights'

/**
 * Teacher forcing: the decoder without its cache reads the target up to each token, and is asked for that token. What it costs is the
 * cross-entropy with label smoothing ε (Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016, section 7):
 *
 *     loss = Σ_i w_i ((1 - ε) (log Σ_c exp z_ic - z_i,t_i) + ε (log Σ_c exp z_ic - mean_c z_ic)) / Σ_i w_i
 *
 * over the tokens i of all targets, padding with a weight of 0. Targets are numbers of tokens, `[tokens]`: one row of zeros for each
 * would be as large as the logits.
 */
export function trainingGraph(networks: TranslationNetworks, depth: Depth, labelSmoothing: number): TrainingGraph {
  const decoder = rename(upgradeOpset(extract(networks.decoder, [], ['logits'])), { input_ids: decoderIds })
  const whole = depth === 'decoder' ? decoder : joined(upgradeOpset(networks.encoder), decoder)
  const network = tieWeights(whole)
  const g = new GraphBuilder('loss', { opsets: { '': network.opsets.get('') as number } })
  const logits = g.input('all_logits', 'float32', ['batch', 'target', 'vocabulary'])
  const wanted = g.input(targets, 'int64', ['tokens'])
  const mass = g.input(weights, 'float32', ['tokens'])
  const vocabulary = g.op('Gather', [g.op('Shape', [logits]), g.ints([2])])
  const z = g.op('Reshape', [logits, g.op('Concat', [g.ints([-1]), vocabulary], { axis: 0 })])
  const total = g.op('ReduceLogSumExp', [z, g.ints([1])], { keepdims: 1 })
  const chosen = g.op('GatherElements', [z, g.op('Reshape', [wanted, g.ints([-1, 1])])], { axis: 1 })
  const even = (): typeof z => g.op('ReduceMean', [z, g.ints([1])], { keepdims: 1 })
  const scaled = (value: typeof z, factor: number): typeof z => g.op('Mul', [value, g.scalar(factor)])
  const hit =
    labelSmoothing > 0 ? g.op('Add', [scaled(chosen, 1 - labelSmoothing), scaled(even(), labelSmoothing)]) : chosen
  const column = g.op('Reshape', [mass, g.ints([-1, 1])])
  const sum = (value: typeof z): typeof z => g.op('ReduceSum', [value], { keepdims: 0 })
  const costs = g.op('Sub', [total, chosen])
  const smoothed = g.op('Sub', [total, hit])
  g.output('loss', g.op('Div', [sum(g.op('Mul', [smoothed, column])), sum(column)]), 'float32', [])
  g.output('costs', costs, 'float32', ['tokens', 1])
  return { graph: connect(network, g.build(), { all_logits: 'logits' }), loss: 'loss', costs: 'costs' }
}

/** Encoder and decoder as one graph. */
function joined(encoder: Graph, decoder: Graph): Graph {
  const wiring: Record<string, string> = { encoder_hidden_states: 'last_hidden_state' }
  if (decoder.inputs.some(({ name }) => name === 'encoder_attention_mask'))
    wiring['encoder_attention_mask'] = 'attention_mask'
  return connect(encoder, decoder.with({ name: 'decoder' }), wiring)
}
