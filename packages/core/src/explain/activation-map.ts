import {
  differentiate,
  float32,
  type Graph,
  GraphBuilder,
  type Node,
  Session,
  type Tensor,
  type Tensors,
  type ValueInfo,
} from '@headstart/onnx'
import { connect, extract, NotDifferentiableError } from '@headstart/onnx/kit'
import type { TunableBackbone } from '../contract/backbone.js'
import type { Grid } from '../contract/input-parts.js'
import { inOpsetOf } from '../head/in-opset-of.js'
import { logitsName } from '../head/logits.js'
import type { AnswerWeights } from './influences.js'

/** What each place of a picture adds to the value of an answer. */
export interface ActivationMap extends Grid {
  /** `[rows * columns]`. */
  readonly weights: Float64Array
}

/** How far the weights can be from what they should add up to, as a share of all of them, positive and negative. */
const tolerance = 1e-3

/**
 * What each place of a picture adds to an answer, for a network that ends in means over maps under a linear head: what follows the maps is
 * linear, so that a place adds its values times what each of them counts (class activation maps: Zhou et al., "Learning deep features for
 * discriminative localization", 2016, equation 2), which is the derivative. That it is so is seen: the weights add up to the value of the
 * answer, and those of every second place to what it is with these alone. Maps of several sizes, as of networks side by side, are
 * brought to the finest, each place of a coarser one dealt out among the cells that it lies over, by area.
 * @param logits The head, see `withLogits`.
 * @returns undefined for a network that ends otherwise, such as one that is normalized afterwards.
 */
export async function activationMap<Input>(
  { network: { graph }, preprocessing }: TunableBackbone<Input>,
  input: Input,
  logits: { readonly graph: Graph; readonly features: string; readonly output: string },
  { direction }: Pick<AnswerWeights, 'direction'>,
): Promise<ActivationMap | undefined> {
  const features = graph.outputs[0]?.name as string
  const apart = withoutJoints(graph)
  const pooled = pooledValues(apart, features)
  const names = [...pooled.keys()]
  if (names.length === 0) return undefined
  await using mapping = await Session.create(extract(graph, [], names))
  const computed = await mapping.run(preprocessing.collate([await preprocessing.prepare(input)]))
  const maps = names.map((name): PooledMap | undefined => mapOf(computed[name] as Tensor, pooled.get(name) as Layout))
  if (!maps.every((map) => map !== undefined)) return undefined

  const infoOf = (name: string, at: number): [string, ValueInfo] => [
    name,
    { name, type: 'float32', dims: ['batch', ...(maps[at] as PooledMap).dims.slice(1)] },
  ]
  const typed = apart.with({ valueInfo: new Map([...apart.valueInfo, ...names.map(infoOf)]) })
  const pooling = extract(typed, names, [features])
  // What is pooled by a mask, such as texts, hangs on more than the maps.
  if (pooling.inputs.length !== names.length) return undefined
  const head = connect(pooling, inOpsetOf(pooling, logits.graph), { [logits.features]: features })
  const whole = connect(head, inOpsetOf(head, valueGraph(direction)), { [logitsName]: logits.output })

  const every = (places: number): Tensors =>
    Object.fromEntries(maps.map((map, at) => [names[at] as string, withPlaces(map, places)]))
  const trained = await differentiate(whole, { loss: lossName, parameters: names, feeds: every(1) }).catch(
    (error: unknown) => {
      if (error instanceof NotDifferentiableError) return undefined
      throw error
    },
  )
  if (!trained) return undefined
  const gradients = names.map((name) => trained.gradients.get(name) as string)
  await using session = await Session.create(trained.graph)
  const slopes = await session.run(every(1), gradients)
  await using values = await Session.create(whole)
  const valueOf = async (places: number): Promise<number> => {
    const { [lossName]: value } = await values.run(every(places), [lossName])
    return Number(value?.data[0])
  }
  const [all, some, none] = [await valueOf(1), await valueOf(2), await valueOf(0)]

  const finest = maps.reduce((most, map) => (map.rows * map.columns > most.rows * most.columns ? map : most))
  const weights = new Float64Array(finest.rows * finest.columns)
  let [ofAll, ofSome, absolute] = [0, 0, 0]
  maps.forEach((map, at) => {
    const slope = slopes[gradients[at] as string]?.data as Float32Array
    const shares = new Float64Array(map.rows * map.columns)
    map.data.forEach((value, to) => {
      const place = map.placeOf(to)
      shares[place] = (shares[place] as number) + value * (slope[to] as number)
    })
    shares.forEach((share, place) => {
      ofAll += share
      if (place % 2 === 0) ofSome += share
      absolute += Math.abs(share)
      for (const { cell, part } of cellsOf(place, map, finest)) weights[cell] = (weights[cell] as number) + share * part
    })
  })
  const isNear = (sum: number, value: number): boolean => Math.abs(sum - (value - none)) <= tolerance * absolute
  return isNear(ofAll, all) && isNear(ofSome, some)
    ? { rows: finest.rows, columns: finest.columns, weights }
    : undefined
}

const lossName = 'explained value'

/** From logits `[batch, outputs]` to how much they say for an answer against the others. */
function valueGraph(direction: Float64Array): Graph {
  const g = new GraphBuilder('explained')
  const logits = g.input(logitsName, 'float32', ['batch', direction.length])
  const counts = g.weight('counts of logits', float32([direction.length, 1], Float32Array.from(direction)))
  g.output(lossName, g.op('ReduceSum', [g.op('MatMul', [logits, counts])], { keepdims: 0 }), 'float32', [])
  return g.build()
}

/** A map with all of its places (1), every second (2), or none (0). */
function withPlaces({ dims, data, placeOf }: PooledMap, every: number): Tensor {
  const keeps = (at: number): boolean => every > 0 && placeOf(at) % every === 0
  return float32(
    [...dims],
    data.map((value, at) => (keeps(at) ? value : 0)),
  )
}

/** Whether the channels of a map come before its places or after them. */
type Layout = 'channels first' | 'channels last'

/** The numbers of a map of one input, and which of its places each is of. */
interface PooledMap extends Grid {
  readonly dims: readonly number[]
  readonly data: Float32Array
  placeOf(at: number): number
}

/** `[1, channels, rows, columns]`, `[1, rows, columns, channels]`, or vectors of patches in a square; undefined for another value. */
function mapOf({ type, dims, data }: Tensor, layout: Layout): PooledMap | undefined {
  if (type !== 'float32' || dims[0] !== 1) return undefined
  const isFirst = layout === 'channels first'
  const places = isFirst ? dims.slice(2) : dims.slice(1, -1)
  const [rows = 0, columns = 0] =
    places.length === 1 ? [Math.sqrt(places[0] as number), Math.sqrt(places[0] as number)] : places
  if (places.length > 2 || !Number.isInteger(rows) || rows * columns === 0) return undefined
  const channels = data.length / (rows * columns)
  const placeOf = (at: number): number => (isFirst ? at % (rows * columns) : Math.floor(at / channels))
  return { rows, columns, dims, data: data as Float32Array, placeOf }
}

/** What the network pools on its way to the features: what the last means over places are of. */
function pooledValues(graph: Graph, output: string): ReadonlyMap<string, Layout> {
  const producers = graph.producers()
  const isInput = (value: string): boolean => graph.inputs.some(({ name }) => name === value)
  const found = new Map<string, Layout>()
  const waiting = [output]
  const seen = new Set<string>()
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (seen.has(value)) continue
    seen.add(value)
    const node = producers.get(value)
    if (!node) {
      // An input of the network that reaches the features past any mean.
      if (isInput(value)) return new Map()
      continue
    }
    const from = node.inputs[0] as string
    const layout = layoutOfMean(node, graph)
    // Of the pixels themselves the means are what has places: they are few.
    if (layout) found.set(node.opType === 'AveragePool' && isInput(from) ? value : from, layout)
    else waiting.push(...node.inputs.filter((name) => name !== ''))
  }
  return found
}

/** How the places lie that a node takes means over; undefined of another one, such as one that takes those of a vector's numbers. */
function layoutOfMean({ opType, inputs, attributes: { axes } }: Node, graph: Graph): Layout | undefined {
  if (opType === 'GlobalAveragePool' || opType === 'AveragePool') return 'channels first'
  if (opType !== 'ReduceMean') return undefined
  const given =
    axes?.kind === 'ints' ? axes.value : Array.from(graph.initializers.get(inputs[1] ?? '')?.data ?? [], Number)
  const list = given.toSorted((a, b) => a - b).join()
  if (['-1', '2', '-2,-1', '2,3'].includes(list)) return 'channels first'
  return ['-2', '1', '-3,-2', '1,2'].includes(list) ? 'channels last' : undefined
}

/** The same graph without values that are laid into one and taken apart again, as where a network of several can be cut. */
function withoutJoints(graph: Graph): Graph {
  const producers = graph.producers()
  const same = new Map<string, string>()
  for (const { opType, inputs, outputs } of graph.nodes) {
    const joint = producers.get(inputs[0] as string)
    if (opType === 'Split' && joint?.opType === 'Concat' && joint.inputs.length === outputs.length)
      outputs.forEach((output, at) => same.set(output, joint.inputs[at] as string))
    else if (opType === 'Identity') same.set(outputs[0] as string, inputs[0] as string)
  }
  const before = (value: string): string => {
    const other = same.get(value)
    return other === undefined ? value : before(other)
  }
  return graph.with({ nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(before) })) })
}

/** Cells of a finer grid that a place of a coarser one lies over, and the part of it that is over each. */
function cellsOf(place: number, { rows, columns }: Grid, finest: Grid): { cell: number; part: number }[] {
  const [row, column] = [Math.floor(place / columns), place % columns]
  const across = overlaps(column, columns, finest.columns)
  return overlaps(row, rows, finest.rows).flatMap((y) =>
    across.map((x) => ({ cell: y.at * finest.columns + x.at, part: y.part * x.part })),
  )
}

/** Of one of `of` equal parts of a length: those of `all` equal parts that it lies over. */
function overlaps(one: number, of: number, all: number): { at: number; part: number }[] {
  // In units of which each part of either kind has a whole number.
  const [from, to] = [one * all, (one + 1) * all]
  const first = Math.floor(from / of)
  return Array.from({ length: Math.ceil(to / of) - first }, (_, step) => {
    const at = first + step
    return { at, part: (Math.min(to, (at + 1) * of) - Math.max(from, at * of)) / all }
  })
}
