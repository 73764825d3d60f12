import { float32, type Graph, GraphBuilder, tensor, type Value } from '@headstart/onnx'
import { connect } from '@headstart/onnx/kit'
import {
  type Backbone,
  isTunable,
  type Network,
  type Preprocessing,
  type TunableBackbone,
} from '../contract/backbone.js'
import { DataError } from '../contract/errors.js'
import type { Known, KnowledgePart, WeightedPart } from '../contract/knowledge.js'
import { type Matrix, rowOf, type SparseMatrix, sparseMatrix, zeroMatrix } from '../contract/matrix.js'
import { sha256 } from '../kit/sha256.js'

/**
 * A network with parts beside it: features are the network's, then the weighted columns of each part, in order. Its graph takes what
 * the network takes, and the columns of each part as a further input.
 */
export function knownBackbone<Input>(
  base: TunableBackbone<Input>,
  parts: readonly WeightedPart<Input>[],
): TunableBackbone<Input> & Known<Input>
export function knownBackbone<Input>(
  base: Backbone<Input>,
  parts: readonly WeightedPart<Input>[],
): Backbone<Input> & Known<Input>
export function knownBackbone<Input>(
  base: Backbone<Input>,
  parts: readonly WeightedPart<Input>[],
): Backbone<Input> & Known<Input> {
  let fingerprint: string | undefined
  const own: Backbone<Input> & Known<Input> = {
    base,
    parts,
    id: base.id,
    modality: base.modality,
    featureSize: base.featureSize + columnsOf(parts),
    get fingerprint() {
      return (fingerprint ??= sha256(
        base.fingerprint,
        ...parts.flatMap(({ part: { id, config, files }, weight }) => [
          JSON.stringify([id, config, weight]),
          ...[...files].flat(),
        ]),
      ))
    },
    takes: base.takes,
    contentKey: (input) => base.contentKey(input),
    async embed(inputs, options = {}) {
      const unreadable = new Set<number>()
      const { onUnreadable } = options
      const features = await base.embed(inputs, {
        ...options,
        ...(onUnreadable && {
          onUnreadable(index, error) {
            unreadable.add(index)
            onUnreadable(index, error)
          },
        }),
      })
      return withColumns(features, parts, inputs, unreadable)
    },
    takeNotices: () => base.takeNotices?.() ?? [],
    review: (input) => base.review?.(input),
    close: async () => base.close?.(),
  }
  if (!isTunable(base)) return own
  let network: Network | undefined
  const tunable: Omit<TunableBackbone<Input>, keyof Backbone> = {
    get network() {
      return (network ??= knownNetwork(base, parts))
    },
    preprocessing: knownPreprocessing(base, parts),
    devices: base.devices,
    withNetwork(network) {
      throw new DataError(
        `backbone "${base.id}" with ${parts.map(({ part }) => part.name).join(', ')} beside its network`,
        'its own network',
        `another one, of ${network.stages.length} stages`,
        'Take the backbone that it was made of.',
      )
    },
    on: (devices) => knownBackbone(base.on(devices), parts),
    [Symbol.asyncDispose]: () => base.close(),
  }
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(tunable)) as TunableBackbone<Input> &
    Known<Input>
}

/**
 * The features of a network, `[n, size]`, and beside them the weighted columns of parts, `[n, size + columns]`.
 * @param unreadable Inputs of which nothing is known.
 */
export function withColumns<Input>(
  features: Matrix,
  parts: readonly WeightedPart<Input>[],
  inputs: readonly Input[],
  unreadable: ReadonlySet<number> = new Set(),
): Matrix {
  const all = zeroMatrix(features.rows, features.columns + columnsOf(parts))
  inputs.forEach((input, index) => {
    const row = rowOf(all, index)
    row.set(rowOf(features, index))
    if (!unreadable.has(index)) writeColumns(parts, input, row.subarray(features.columns))
  })
  return all
}

/** The weighted columns of parts alone, `[n, columns]`. */
export function columnsAlone<Input>(parts: readonly WeightedPart<Input>[], inputs: readonly Input[]): SparseMatrix {
  return sparseMatrix(inputs.length, columnsOf(parts), (row, into) => writeColumns(parts, inputs[row] as Input, into))
}

/** @param row Of zeros. */
function writeColumns<Input>(parts: readonly WeightedPart<Input>[], input: Input, row: Float32Array): void {
  let from = 0
  for (const { part, weight } of parts) {
    const columns = row.subarray(from, (from += part.columns))
    part.write(input, columns)
    // As the graph multiplies: in float32.
    const factor = Math.fround(weight)
    for (let i = 0; i < columns.length; i++) if (columns[i] !== 0) columns[i] = (columns[i] as number) * factor
  }
}

function columnsOf(parts: readonly WeightedPart<never>[]): number {
  return parts.reduce((sum, { part }) => sum + part.columns, 0)
}

/** Id of the preprocessing with which a saved model has parts. */
export const knownPreprocessingId = 'with-knowledge/1'

/** An input, and what its network's preprocessing made of it. */
interface Prepared<Input> {
  readonly input: Input
  readonly prepared: unknown
}

/** Inputs for the network and for its parts. `base` and `parts` are there for whoever loads a model and takes it apart. */
export interface KnownPreprocessing<Input> extends Preprocessing<Input, Prepared<Input>> {
  /** What the network is, without its parts. */
  readonly base: { readonly preprocessing: Preprocessing<Input>; readonly output: string; readonly fingerprint: string }
  readonly parts: readonly WeightedPart<Input>[]
}

/** Whether inputs are read for parts as well. */
export function readsForParts<Input>(
  preprocessing: Preprocessing<Input>,
): preprocessing is KnownPreprocessing<Input> & Preprocessing<Input> {
  return preprocessing.id === knownPreprocessingId
}

function knownPreprocessing<Input>(
  { network, preprocessing, fingerprint }: TunableBackbone<Input>,
  parts: readonly WeightedPart<Input>[],
): KnownPreprocessing<Input> & Preprocessing<Input> {
  return preprocessingOf({ preprocessing, output: network.graph.outputs[0]?.name as string, fingerprint }, parts)
}

/** See `KnownPreprocessing`. */
export function preprocessingOf<Input>(
  base: KnownPreprocessing<Input>['base'],
  parts: readonly WeightedPart<Input>[],
): KnownPreprocessing<Input> & Preprocessing<Input> {
  const { preprocessing, output, fingerprint } = base
  const made: KnownPreprocessing<Input> = {
    base,
    parts,
    id: knownPreprocessingId,
    config: {
      base: { id: preprocessing.id, config: preprocessing.config, output, fingerprint },
      parts: parts.map(({ part: { name, id, config }, weight }) => ({ name, id, config, weight })),
    },
    files: new Map([...preprocessing.files, ...parts.flatMap(({ part }) => [...part.files])]),
    ...(preprocessing.takes && { takes: preprocessing.takes }),
    contentKey: (input) => preprocessing.contentKey(input),
    prepare: async (input) => ({ input, prepared: await preprocessing.prepare(input) }),
    ...(preprocessing.windowSize !== undefined && { windowSize: preprocessing.windowSize }),
    cost: ({ prepared }) => preprocessing.cost(prepared),
    ...(preprocessing.batchCost !== undefined && { batchCost: preprocessing.batchCost }),
    takeNotices: () => preprocessing.takeNotices?.() ?? [],
    ...(preprocessing.checks && { checks: preprocessing.checks }),
    ...(preprocessing.dissect && { dissect: preprocessing.dissect }),
    collate: (batch) => ({
      ...preprocessing.collate(batch.map(({ prepared }) => prepared)),
      ...Object.fromEntries(
        parts.map(({ part }) => {
          const data = new Float32Array(batch.length * part.columns)
          batch.forEach(({ input }, row) =>
            part.write(input, data.subarray(row * part.columns, (row + 1) * part.columns)),
          )
          return [inputOf(part), tensor('float32', [batch.length, part.columns], data)]
        }),
      ),
    }),
    ...(preprocessing.forTransformers && {
      forTransformers() {
        throw new DataError(
          'model to be exported',
          'one that answers from its network alone, as a pipeline of Transformers.js feeds it',
          `one with ${parts.map(({ part }) => part.name).join(' and ')} beside it`,
          'Export it to onnx, which takes any, or train it with the network alone: knowledge "none".',
        )
      },
    }),
    forOnnx() {
      const { metadata = {}, before } = preprocessing.forOnnx?.() ?? {}
      const told = parts.flatMap(({ part }) =>
        [...part.files].map(([name, bytes]) => [`headstart.${name}`, new TextDecoder().decode(bytes)] as const),
      )
      return { metadata: { ...metadata, ...Object.fromEntries(told) }, before }
    },
  }
  return made as KnownPreprocessing<Input> & Preprocessing<Input>
}

/** Name of the input of the graph that takes the columns of a part, `[batch, columns]`. */
function inputOf({ name }: KnowledgePart<never>): string {
  return `knowledge/${name}`
}

/** The network, then its parts as further inputs: features of both. */
function knownNetwork<Input>({ network }: TunableBackbone<Input>, parts: readonly WeightedPart<Input>[]): Network {
  const { graph, stages } = network
  const output = graph.outputs[0]?.name as string
  const joined = joining(graph, parts)
  const features = joined.outputs[0]?.name as string
  return {
    graph: connect(graph, joined, { [networkInput]: output }),
    stages: stages.map((stage, index) => (index === stages.length - 1 ? { ...stage, output: features } : stage)),
  }
}

const networkInput = 'knowledge/network'

function joining(graph: Graph, parts: readonly WeightedPart<never>[]): Graph {
  const opset = Math.max(graph.opsets.get('') ?? 17, 7)
  const g = new GraphBuilder('knowledge', { opsets: { '': opset } })
  const size = graph.outputs[0]?.dims?.at(-1) as number
  const network = g.input(networkInput, 'float32', ['batch', size])
  const weighted = parts.map(({ part, weight }): Value => {
    const columns = g.input(inputOf(part), 'float32', ['batch', part.columns])
    const factor = g.weight(`${inputOf(part)}/weight`, float32([], Float32Array.of(weight)))
    return g.op('Mul', [columns, factor])
  })
  const features = g.op('Concat', [network, ...weighted], { axis: 1 })
  g.output('knowledge/features', features, 'float32', ['batch', size + columnsOf(parts)])
  return g.build()
}
