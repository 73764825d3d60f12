import type { Network, NetworkKnowledge, TunableBackbone } from '@headstart/core'
import { GraphBuilder } from '@headstart/onnx'
import { connect } from '@headstart/onnx/kit'

/** Options of `earlyLayer`. */
export interface EarlyLayerOptions {
  /** Name of the stage whose vectors of tokens count, `[batch, tokens, columns]`. */
  readonly stage: string
  readonly columns: number
  /** What people are told stands beside the network. Default: 'words in context'. */
  readonly name?: string | undefined
}

/** Length of its columns beside features of length 1. Chosen on draws from the training files of three text sets. */
const length = 1.5

/**
 * What an early layer says of a text, behind the network's features: the mean of its tokens' vectors, at one length. It knows more of the
 * words and their order, the last one more of the meaning that the network was trained for; kinds of questions and intents are
 * told by both (Evci, Dumoulin, Larochelle and Mozer, "Head2Toe: Utilizing Intermediate Representations for Better Transfer
 * Learning", 2022). It costs next to nothing where the network runs anyway. For networks whose features have length 1.
 */
export function earlyLayer({ stage, columns, name = 'words in context' }: EarlyLayerOptions): NetworkKnowledge<string> {
  const made = new WeakMap<TunableBackbone<string>, TunableBackbone<string>>()
  return {
    name,
    widen(backbone) {
      const before = made.get(backbone)
      const network = before ? undefined : widened(backbone.network, stage, columns)
      if (!network) return before
      const wider = backbone.withNetwork(network)
      made.set(backbone, wider)
      return wider
    },
  }
}

/** The network with the stage's columns behind its features; undefined of one without such a stage, or a mask of tokens. */
function widened({ graph, stages }: Network, stage: string, columns: number): Network | undefined {
  const [features] = graph.outputs
  const size = features?.dims?.at(-1)
  const vectors = stages.find(({ name }) => name === stage)?.output
  const hasMask = graph.inputs.some(({ name }) => name === maskName)
  if (!features || typeof size !== 'number' || vectors === undefined || !hasMask) return undefined
  const g = new GraphBuilder('early layer', { opsets: { '': graph.opsets.get('') ?? 17 } })
  const mask = g.op('Cast', [g.input('mask', 'int64', ['batch', 'tokens'])], { to: 1 })
  const ofTokens = g.input('vectors', 'float32', ['batch', 'tokens', columns])
  // A sum points where the mean does.
  const sums = g.op('MatMul', [g.op('Unsqueeze', [mask, g.ints([1])]), ofTokens])
  const sum = g.op('Reshape', [sums, g.ints([-1, columns])])
  const squares = g.op('ReduceSum', [g.op('Mul', [sum, sum]), g.ints([1])], { keepdims: 1 })
  const unit = g.op('Div', [sum, g.op('Sqrt', [g.op('Max', [squares, g.scalar(1e-12)])])])
  const both = [g.input('features', 'float32', ['batch', size]), g.op('Mul', [unit, g.scalar(length)])]
  const output = `${stage}/features`
  g.output(output, g.op('Concat', both, { axis: 1 }), 'float32', ['batch', size + columns])
  return {
    graph: connect(graph, g.build(), { features: features.name, vectors, mask: maskName }),
    stages: stages.map((one) => (one.output === features.name ? { ...one, output } : one)),
  }
}

const maskName = 'attention_mask'
