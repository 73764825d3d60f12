import { type Network } from '@headstart/core'
import { Graph, GraphBuilder, type Node, type Value } from '@headstart/onnx'
import { definedValues, extract, rename, sizeOf } from '@headstart/onnx/kit'

/** Shapes of values but for the batch. */
export type Shapes = Readonly<Record<string, readonly number[]>>

/** One of several networks that look at the same picture. */
export interface Side {
  /** Goes before the names of its values. */
  readonly name: string
  /** From the input that all share to one output, `[batch, features]`. */
  readonly graph: Graph
  /** For each place at which the whole can be cut: the values from which this network goes on there. */
  readonly cuts: readonly Shapes[]
}

const opset = 17
const opsets = { opsets: { '': opset } }
const features = 'features'

/**
 * Networks side by side as one: the features of all, one after the other. So that it can be cut between its stages, where each
 * network has a value of its own, these are laid into one there, `[batch, numbers]`, and taken apart again.
 * @param stages Their names, one more than there are places to cut.
 */
export function sideBySide(name: string, sides: readonly Side[], stages: readonly string[]): Network {
  const named = sides.map(withPrefix)
  const last = stages.length - 1
  const parts = stages.flatMap((_, place) => {
    const [from, to] = [place - 1, place].map((at): Shapes => Object.assign({}, ...named.map(({ cuts }) => cuts[at])))
    const within = named.map(({ graph, cuts }) => {
      const ends = place < last ? Object.keys(cuts[place] ?? {}) : graph.outputs.map((output) => output.name)
      return extract(graph, Object.keys(cuts[place - 1] ?? {}), ends)
    })
    const end = place < last ? joint(place, to ?? {}) : together(named)
    return [...within, end].map((part) => reading(part, Object.keys(from ?? {}), place - 1))
  })
  const ends = stages.map((stage, place) => ({ name: stage, output: place < last ? cutName(place) : features }))
  return {
    graph: new Graph({
      name,
      inputs: sides[0]?.graph.inputs ?? [],
      outputs: parts.at(-1)?.outputs ?? [],
      nodes: parts.flatMap(({ nodes }) => nodes),
      initializers: new Map(parts.flatMap(({ initializers }) => [...initializers])),
      opsets: new Map([['', opset]]),
      valueInfo: new Map(parts.flatMap(({ valueInfo }) => [...valueInfo])),
    }),
    stages: ends,
  }
}

/** The same with names of its own for all but its inputs. */
function withPrefix({ name, graph, cuts }: Side): Side {
  const inputs = new Set(graph.inputs.map((input) => input.name))
  const own = [...definedValues(graph)].filter((value) => !inputs.has(value))
  const prefixed = (value: string): string => `${name}/${value}`
  const renamed = rename(graph, Object.fromEntries(own.map((value) => [value, prefixed(value)])))
  return {
    name,
    graph: renamed.with({ nodes: renamed.nodes.map((node) => ({ ...node, name: prefixed(node.name) })) }),
    cuts: cuts.map((shapes) =>
      Object.fromEntries(Object.entries(shapes).map(([value, dims]) => [prefixed(value), dims])),
    ),
  }
}

const cutName = (place: number): string => `cut${place}`
const apartName = (value: string, place: number): string => `${value}/after ${cutName(place)}`

/** The same, reading some values as they are behind a place. */
function reading(graph: Graph, values: readonly string[], place: number): Graph {
  const behind = (value: string): string => (values.includes(value) ? apartName(value, place) : value)
  const nodes = graph.nodes.map((node): Node => ({ ...node, inputs: node.inputs.map(behind) }))
  return graph.with({ nodes })
}

/** Values laid into one, and taken apart again. */
function joint(place: number, values: Shapes): Graph {
  const g = new GraphBuilder(cutName(place), opsets)
  const shapes = Object.entries(values)
  const sizes = shapes.map(([, dims]) => sizeOf(dims))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const flat = shapes.map(([value, dims]) =>
    g.op('Flatten', [g.input(value, 'float32', ['batch', ...dims])], {}, { name: `${cutName(place)}/${value}` }),
  )
  const whole = g.op('Concat', flat, { axis: 1 }, { name: cutName(place) })
  const parts = g.ops('Split', [whole, g.ints(sizes)], sizes.length, { axis: 1 }, { name: `${cutName(place)}/parts` })
  shapes.forEach(([value, dims], index) => {
    const name = apartName(value, place)
    const apart = g.op('Reshape', [parts[index] as Value, g.ints([-1, ...dims])], {}, { name })
    g.output(name, apart, 'float32', ['batch', ...dims])
  })
  const info = { name: cutName(place), type: 'float32', dims: ['batch', total] } as const
  return g.build().with({ valueInfo: new Map([[info.name, info]]) })
}

/** The features of all, one after the other. */
function together(sides: readonly Side[]): Graph {
  const g = new GraphBuilder(features, opsets)
  const outputs = sides.flatMap(({ graph }) => graph.outputs)
  const values = outputs.map(({ name, dims }) => g.input(name, 'float32', dims ?? []))
  const size = outputs.reduce((sum, { dims }) => sum + Number(dims?.at(-1)), 0)
  g.output(features, g.op('Concat', values, { axis: 1 }, { name: features }), 'float32', ['batch', size])
  return g.build()
}
