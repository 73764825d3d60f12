import { type Graph, GraphBuilder, type Value } from '@headstart/onnx'
import { connect, extract } from '@headstart/onnx/kit'

/**
 * How what an encoder says of a picture becomes features: 'cls' is the first of its vectors, 'mean' the mean of the
 * vectors of all patches or of a map over the picture, 'pooler' what the network itself makes of them.
 */
export type ImagePooling = 'cls' | 'mean' | 'pooler'

/** Name of the features in a graph of `featureGraph`. */
export const featuresName = 'image_features'

/** Name of the value in a graph from which features are made, and how. */
export interface FeatureSource {
  readonly value: string
  readonly pooling: ImagePooling
}

/** Families whose first vector stands for the whole picture. */
const withClassToken = new Set([
  'beit',
  'chinese_clip_vision_model',
  'clip',
  'clip_vision_model',
  'data2vec-vision',
  'deit',
  'dinov2',
  'dinov2_with_registers',
  'dinov3_vit',
  'vit',
  'vit_mae',
  'vit_msn',
])
/** Families whose pooler was not trained with them, and is random in many files. */
const withUntrainedPooler = new Set(['beit', 'deit', 'vit', 'vit_mae', 'vit_msn'])

/**
 * From which of its outputs the features of an encoder are made: as asked for, else from an embedding of a pair, the pooler
 * where it was trained, the class token, or the mean. Of a classifier it is what its last layer reads.
 * @returns undefined where it has no output of that kind.
 */
export function featureSource(
  graph: Graph,
  family: string,
  pooling: ImagePooling | undefined,
): FeatureSource | undefined {
  const names = new Set(graph.outputs.map(({ name }) => name))
  const vectors = names.has('last_hidden_state') ? 'last_hidden_state' : undefined
  const pooled =
    ['image_embeds', 'pooler_output'].find((name) => names.has(name)) ??
    (names.has('logits') ? beforeClassifier(graph, 'logits') : undefined)
  const isPooled = pooled !== undefined && (vectors === undefined || !withUntrainedPooler.has(family))
  const chosen = pooling ?? (isPooled ? 'pooler' : withClassToken.has(family) ? 'cls' : 'mean')
  const value = chosen === 'pooler' ? pooled : vectors
  return value === undefined ? undefined : { value, pooling: chosen }
}

/** Operators between a classifier's matrix and its logits. */
const behindMatrix = new Set(['Add', 'Cast', 'Flatten', 'Identity', 'Reshape', 'Squeeze'])

/** The value that the last matrix or pointwise convolution before some logits reads. */
function beforeClassifier(graph: Graph, logits: string): string | undefined {
  const producers = graph.producers()
  const fromInputs = new Set(graph.inputs.map(({ name }) => name))
  for (const { inputs, outputs } of graph.nodes)
    if (inputs.some((name) => fromInputs.has(name))) for (const name of outputs) fromInputs.add(name)
  let value = logits
  for (let node = producers.get(value); node; node = producers.get(value)) {
    const data = node.inputs.find((name) => fromInputs.has(name))
    if (data === undefined) return undefined
    if (!behindMatrix.has(node.opType)) return ['Conv', 'Gemm', 'MatMul'].includes(node.opType) ? data : undefined
    value = data
  }
  return undefined
}

/**
 * The part of a network from its pictures to a value, pooled: from `[batch, 3, height, width]` to features
 * `[batch, size]`. A value may be `[batch, vectors, size]`, a map `[batch, size, height, width]`, or `[batch, size]`.
 * @param rank Number of axes of the value.
 */
export function featureGraph(graph: Graph, { value, pooling }: FeatureSource, rank: number, size: number): Graph {
  const part = extract(graph, [], [value])
  const g = new GraphBuilder('pooling', { opsets: { '': part.opsets.get('') ?? 17 } })
  const given = g.input('encoding', 'float32', [
    'batch',
    ...Array.from({ length: rank - 1 }, (_, axis) => `axis ${axis + 1}`),
  ])
  g.output(featuresName, pool(g, given, pooling, rank, size), 'float32', ['batch', size])
  return connect(part, g.build(), { encoding: value }).with({ name: graph.name })
}

function pool(g: GraphBuilder, x: Value, pooling: ImagePooling, rank: number, size: number): Value {
  const flat = (of: Value): Value => g.op('Reshape', [of, g.ints([-1, size])])
  if (rank === 2) return x
  if (rank === 4) return flat(g.op('GlobalAveragePool', [x]))
  if (pooling === 'mean') return flat(g.op('GlobalAveragePool', [g.op('Transpose', [x], { perm: [0, 2, 1] })]))
  return flat(g.op('Gather', [x, g.ints(0)], { axis: 1 }))
}
