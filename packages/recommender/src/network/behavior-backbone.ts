import { createHash } from 'node:crypto'
import { type Modality, type Network } from '@headstart/core'
import { decodeModel } from '@headstart/onnx/kit'
import { behaviorWeights } from '../assets.js'
import { networkOf } from './behavior-network.js'

/**
 * A pre-trained network over features: what makes a person take an item, learned from other shops. Its input is not one raw
 * example but a user's features in a shop (`CalibratedFeatures`), and its output the scores of the shop's items.
 */
export interface BehaviorBackbone {
  readonly id: string
  readonly modality: Modality
  /** Identifies the weights. */
  readonly fingerprint: string
  readonly network: Network
}

/**
 * The built-in network, pre-trained on openly licensed shops (gifts, films, groceries): 5 KB of weights that come with the
 * package, with a card that says what they were trained on and how good they are (MODEL_CARD.md).
 */
export async function behaviorBackbone(): Promise<BehaviorBackbone> {
  return backboneFrom('behavior', await behaviorWeights())
}

/**
 * A network that `pretrain` gave, from the bytes of its `.onnx` file.
 * @throws OnnxFormatError when the bytes are no ONNX model.
 */
export function backboneFrom(id: string, bytes: Uint8Array): BehaviorBackbone {
  const network = networkOf(decodeModel(bytes, `${id}.onnx`))
  return { id, modality: 'behavior', fingerprint: createHash('sha256').update(bytes).digest('hex'), network }
}
