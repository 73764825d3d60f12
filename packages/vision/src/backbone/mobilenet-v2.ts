import { createHash } from 'node:crypto'
import { type TunableBackbone } from '@headstart/core'
import { stagesIn } from '@headstart/core/kit'
import { type Graph } from '@headstart/onnx'
import { decodeModel } from '@headstart/onnx/kit'
import { mobileNetWeights } from '../assets.js'
import type { ImageInput } from '../preprocessing/image-input.js'
import { builtInBackbone, type BuiltInOptions } from './built-in.js'

/** Options of `mobileNetV2`. */
export type MobileNetV2Options = BuiltInOptions

/**
 * MobileNetV2 (Sandler et al., 2018), trained to find 90 kinds of things in photos (COCO): pictures to 2,112 features.
 * Built in: 11 MB of weights come with the package, nothing is downloaded.
 *
 * Stages: stem, block 0 to block 16, features.
 *
 * @throws OptionError for a size that is no whole number from 32 on
 */
export async function mobileNetV2(options: MobileNetV2Options = {}): Promise<TunableBackbone<ImageInput>> {
  const load = async () => {
    const model = await mobileNetWeights()
    const graph = decodeModel(model, 'mobilenet-v2/model.onnx')
    return {
      id: 'mobilenet-v2-coco',
      network: (size: number) => ({ graph: ofSize(graph, size), stages: stagesIn(graph) }),
      fingerprint: fingerprintOf(graph, model),
    }
  }
  return builtInBackbone(load, options)
}

/** Of a network's weights, as its file says. */
export function fingerprintOf(graph: Graph, model: Uint8Array): string {
  return graph.metadata.get('headstart.fingerprint') ?? createHash('sha256').update(model).digest('hex')
}

/** The graph for pictures of one size: onnxruntime then knows all shapes. */
export function ofSize(graph: Graph, size: number): Graph {
  const [pixels, ...others] = graph.inputs
  if (!pixels) return graph
  return graph.with({ inputs: [{ ...pixels, dims: ['batch', 3, size, size] }, ...others] })
}
