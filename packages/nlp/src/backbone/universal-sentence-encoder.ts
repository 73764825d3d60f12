import { createHash } from 'node:crypto'
import { type Devices, type Knowledge, type TunableBackbone, withKnowledge } from '@headstart/core'
import { networkBackbone, stagesIn } from '@headstart/core/kit'
import { decodeModel } from '@headstart/onnx/kit'
import { encoderAsset } from '../assets.js'
import { earlyLayer } from '../knowledge/early-layer.js'
import { textKnowledge } from '../knowledge/text-knowledge.js'
import { sentencePiece } from '../preprocessing/sentence-piece.js'

/** Options of `universalSentenceEncoder`. */
export interface UniversalSentenceEncoderOptions {
  /** Threads of one operator. Default: one per core. */
  readonly threads?: number
  /** Where the network runs: execution providers of onnxruntime, in order of preference. Default 'cpu'. */
  readonly device?: Devices | undefined
  /** What can stand beside the network (see `withKnowledge`). Default: its first layer (see `earlyLayer`), and `textKnowledge()`. */
  readonly knowledge?: readonly Knowledge<string>[]
}

/**
 * Universal Sentence Encoder lite (Cer et al., 2018): English sentences to 512 features of unit length. Built in:
 * 28 MB of weights come with the package, nothing is downloaded. Texts are cut at 128 tokens, about 100 words.
 *
 * Stages: embedding, layer 0, layer 1, pooling.
 */
export async function universalSentenceEncoder({
  knowledge = [earlyLayer({ stage: 'layer 0', columns: 512 }), ...textKnowledge()],
  ...options
}: UniversalSentenceEncoderOptions = {}): Promise<TunableBackbone<string>> {
  const [model, vocabulary] = await Promise.all([encoderAsset('model.onnx'), encoderAsset('vocab.json')])
  const graph = decodeModel(model, 'universal-sentence-encoder/model.onnx')
  const preprocessing = sentencePiece({ vocabulary })
  const network = networkBackbone({
    id: 'universal-sentence-encoder-lite',
    modality: 'text',
    network: { graph, stages: stagesIn(graph) },
    preprocessing,
    fingerprint: createHash('sha256')
      .update(graph.metadata.get('headstart.fingerprint') ?? model)
      .update(vocabulary)
      .update(preprocessing.id)
      .digest('hex'),
    ...options,
  })
  return withKnowledge(network, knowledge)
}
