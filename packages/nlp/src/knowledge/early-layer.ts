import type { NetworkKnowledge, TunableBackbone } from '@headstart/core'
import { GraphBuilder } from '@headstart/onnx'
import { connect } from '@headstart/onnx/kit'

/** Options of `earlyLayer`. */
export interface EarlyLayerOptions {
  /** Name of the stage whose vectors of tokens count, `[batch, tokens, columns]`. */
  readonly stage: string
  readonly columns: number
}

/** Length of its columns beside features of length 1. Chosen on draws from the training files of three text sets. */
const length = 1.5

/**
 * What an early layer says of a text, behind the network's features: the mean of its tokens' vectors, at one length. It knows more of the
 * words and their order, the last one more of the meaning that the network was trained for; kinds of questions and intents are
 * told by both (Evci, Dumoulin, Larochelle and Mozer, "Head2Toe: Utilizing Intermediate Representations for Better Transfer
 * Learning", 2022). It costs next to nothing where the network runs anyway.
 */
export function earlyLayer({ stage, columns }: EarlyLayerOptions): NetworkKnowledge<string> {
  const known = new WeakMap<TunableBackbone<string>, TunableBackbone<string>>()
  return {
    name: stage,
    widen(backbone) {
      const { graph, stages } = backbone.network
      const value = stages.find(({ name }) => name === stage)?.output
      const size = graph.outputs[0]?.dims?.at(-1)
      const mask = graph.inputs.find(({ name }) => name === 'attention_mask')
      if (value === undefined || typeof size !== 'number' || !mask) return undefined
      const made = known.get(backbone) ?? backbone.withNetwork(widened())
      known.set(backbone, made)
      return made

      function widened() {
        const g = new GraphBuilder('early layer', { opsets: { '': graph.opsets.get('') ?? 17 } })
        const features = g.input('features', 'float32', ['batch', size as number])
        const vectors = g.input('vectors', 'float32', ['batch', 'tokens', columns])
        const row = g.op('Unsqueeze', [
          g.op('Cast', [g.input('mask', 'int64', ['batch', 'tokens'])], { to: 1 }),
          g.ints([1]),
        ])
        const sum = g.op('Reshape', [g.op('MatMul', [row, vectors]), g.ints([-1, columns])])
        const squares = g.op('ReduceSum', [g.op('Mul', [sum, sum]), g.ints([1])], { keepdims: 1 })
        const unit = g.op('Div', [sum, g.op('Sqrt', [g.op('Max', [squares, g.scalar(1e-12)])])])
        const output = `${stage}/features`
        const both = g.op('Concat', [features, g.op('Mul', [unit, g.scalar(length)])], { axis: 1 })
        g.output(output, both, 'float32', ['batch', (size as number) + columns])
        const wiring = { features: graph.outputs[0]?.name as string, vectors: value as string, mask: 'attention_mask' }
        return {
          graph: connect(graph, g.build(), wiring),
          stages: stages.map((one, place) => (place === stages.length - 1 ? { ...one, output } : one)),
        }
      }
    },
  }
}
