import { float32, type Graph, GraphBuilder } from '@headstart/onnx'
import { connect, meanSquaredError, sigmoidCrossEntropy, softmaxCrossEntropy } from '@headstart/onnx/kit'
import { lengthBatches } from './batches.js'
import type { LinearWeights } from '../head/head-objective.js'
import { resultsOf } from '../head/linear-results.js'
import { rowOf, zeroMatrix } from '../contract/matrix.js'
import { forward, type ObjectiveParts, paddedBatch, type TuningObjective } from './tuning-objective.js'

/** Names of the head's values; no network's are likely to be called so. */
const names = { weight: 'headstart.head.weight', bias: 'headstart.head.bias', logits: 'headstart.head.logits' }

/**
 * The tuned part and the head together, by the head's own loss. The head begins at its optimum on the frozen features,
 * so that the first steps do not tear at weights below a head that knows nothing (Kumar et al., "Fine-Tuning can Distort
 * Pretrained Features and Underperform Out-of-Distribution", 2022).
 */
export function jointObjective({ tuned, data, rows, head }: ObjectiveParts): TuningObjective {
  const { kind, targets, weights } = data
  const whole = withHead(tuned, head)
  const loss = {
    classification: () => softmaxCrossEntropy(whole, { logits: names.logits }),
    'multi-label': () => sigmoidCrossEntropy(whole, { logits: names.logits }),
    regression: () => meanSquaredError(whole, { predictions: names.logits }),
  }[kind]()
  return {
    graph: loss.graph,
    loss: loss.loss,
    headWeights: [names.weight, names.bias],
    batches: (size, random) => lengthBatches(rows, data.costs, data.lengths, size, random),
    async feeds(batch, size) {
      const truth = zeroMatrix(size, targets.columns)
      const mass = new Float32Array(size)
      for (const [place, row] of batch.rows.entries()) {
        rowOf(truth, place).set(rowOf(targets, row))
        mass[place] = weights[row] as number
      }
      return {
        ...(await paddedBatch(data, batch, size)),
        [loss.targets]: float32([size, targets.columns], truth.data),
        [loss.weights]: float32([size], mass),
      }
    },
    async head(trainer) {
      const { [names.weight]: weight, [names.bias]: bias } = trainer.parameters()
      return { weight: new Float64Array(weight?.data ?? []), bias: new Float64Array(bias?.data ?? []) }
    },
    results: async (trainer, held) => resultsOf(kind, await forward(data, trainer, held, names.logits)),
  }
}

/** The tuned part with a linear head on its features, up to the logits. */
function withHead(tuned: Graph, { weight, bias }: LinearWeights): Graph {
  const [outputs, featureSize] = [bias.length, weight.length / bias.length]
  const g = new GraphBuilder('head', { opsets: { '': tuned.opsets.get('') ?? 17 } })
  const features = g.input('features', 'float32', ['batch', featureSize])
  const logits = g.op('Gemm', [
    features,
    g.weight(names.weight, float32([featureSize, outputs], Float32Array.from(weight))),
    g.weight(names.bias, float32([outputs], Float32Array.from(bias))),
  ])
  g.output(names.logits, logits, 'float32', ['batch', outputs])
  return connect(tuned, g.build(), { features: tuned.outputs[0]?.name ?? '' })
}
