import { GraphEditError } from '../errors.js'
import { constantsAsWeights } from '../graph/constants-as-weights.js'
import { type Graph, valuesRead } from '../graph/graph.js'
import { definedValues } from '../graph/rename.js'
import { mainPath, type Segment } from './main-path.js'
import { repeatedBlocks } from './repeated-blocks.js'
import { type Level, levelAt, scopeOf, wordOf } from './scope.js'

/** A part of a network that can be frozen or unfrozen as a whole, as `findStages` found it. */
export interface FoundStage {
  /** Such as "embedding", "layer 3", "stage 1 layer 0", "pooler". */
  readonly name: string
  /** Name of the value at which it ends. */
  readonly output: string
  /** Elements of the weights that no stage before it uses. Packed ones count as they are packed. */
  readonly parameters: number
}

/**
 * The stages of a network, input to output: found from the graph itself, where everything flows through one value, and
 * named after the modules of the network that the exporter wrote into names of nodes and weights. Where it did not, the
 * blocks that repeat are counted: "block 0", "block 1". Together the stages cover the graph.
 *
 * Layers that share all their weights (ALBERT) are one stage.
 * @param output The value that the last stage ends at. Default: the graph's first output.
 * @throws GraphEditError for a value that the graph does not have.
 */
export function findStages(graph: Graph, output = graph.outputs[0]?.name ?? ''): FoundStage[] {
  if (!definedValues(graph).has(output)) {
    throw new GraphEditError('findStages', `a value of graph "${graph.name}"`, `"${output}"`, 'See graph.toString().')
  }
  const opened = constantsAsWeights(graph)
  const segments = mainPath(opened, output)
  const last = segments.at(-1)
  if (last?.output !== output) segments.push({ nodes: [], output, weights: [] })
  const scoped = segments.map((segment): Scoped => ({ ...segment, scope: scopeOf(segment) }))
  return withWeights(opened, byModules(scoped) ?? byRepetition(opened, scoped))
}

interface Scoped extends Segment {
  readonly scope: readonly string[]
}

interface Group {
  readonly name: string
  readonly segments: readonly Scoped[]
}

/** Groups by the numbered modules that segments belong to, or undefined where names do not tell. */
function byModules(segments: readonly Scoped[]): Group[] | undefined {
  const split = splitByNumber(segments, 0)
  if (!split) return undefined
  const { before, numbered, after } = split
  const inner = numbered.map(({ segments, end }) => splitByNumber(segments, end))
  // Numbers inside modules count where they do so in all of them; where some hold all of it between one Add and the next,
  // numbers inside the others are parts of the same kind of module.
  const isSplit = inner.map((split, index) => split !== undefined || !hasInner(numbered[index] as Numbered))
  const deeper = numbered.length > 1 && isSplit.every(Boolean)
  const groups = numbered.flatMap((one, index): Group[] => {
    const within = deeper ? inner[index] : undefined
    if (!within) return [{ name: `${one.word} ${one.number}`, segments: one.segments }]
    return within.numbered.map(({ word, number, segments }, place, { length }) => ({
      name: word === one.word ? `${word} ${one.number}.${number}` : `${one.word} ${one.number} ${word} ${number}`,
      segments: [...(place === 0 ? within.before : []), ...segments, ...(place === length - 1 ? within.after : [])],
    }))
  })
  return [...leading(before), ...groups, ...trailing(after)]
}

interface Numbered {
  readonly word: string
  readonly number: number
  /** Number of parts of the scope up to this number. */
  readonly end: number
  readonly segments: readonly Scoped[]
}

interface Split {
  readonly before: readonly Scoped[]
  readonly numbered: readonly Numbered[]
  readonly after: readonly Scoped[]
}

/** Share of all segments in one module from which on its parts are looked at, and not what stands beside it. */
const mostOfAll = 0.8

/** Segments by the number that follows in their scopes; undefined where there are no numbers, or out of order. */
function splitByNumber(segments: readonly Scoped[], from: number): Split | undefined {
  const levels = segments.map(({ scope }) => levelAt(scope, from))
  const family = largestFamily(segments, levels)
  if (family === undefined) return undefined
  const numbers = levels.map((level) => (level?.family === family ? level.number : undefined))
  const first = numbers.findIndex((number) => number !== undefined)
  const end = numbers.findLastIndex((number) => number !== undefined) + 1
  const numbered: (Numbered & { segments: Scoped[] })[] = []
  for (let place = first; place < end; place++) {
    const [segment, number, level] = [segments[place] as Scoped, numbers[place], levels[place]]
    const current = numbered.at(-1)
    // What stands between two numbers (a downsampling) belongs to the one before.
    if (current && (number === undefined || number === current.number)) current.segments.push(segment)
    else if (level) numbered.push({ word: wordOf(family), number: level.number, end: level.end, segments: [segment] })
  }
  if (new Set(numbered.map(({ number }) => number)).size < numbered.length) return undefined
  const main = numbered.find(({ segments: own }) => own.length >= mostOfAll * segments.length)
  const [before, after] = [segments.slice(0, first), segments.slice(end)]
  const inner = main && from === 0 ? splitByNumber(main.segments, main.end) : undefined
  if (!main || !inner) return { before, numbered, after }
  const place = numbered.indexOf(main)
  const beside = (groups: readonly Numbered[]): Scoped[] => groups.flatMap(({ segments }) => segments)
  return {
    before: [...before, ...beside(numbered.slice(0, place)), ...inner.before],
    numbered: inner.numbered,
    after: [...inner.after, ...beside(numbered.slice(place + 1)), ...after],
  }
}

/** The family with the most numbers, and among such the one with the most nodes. */
function largestFamily(segments: readonly Scoped[], levels: readonly (Level | undefined)[]): string | undefined {
  const families = new Map<string, { numbers: Set<number>; nodes: number }>()
  levels.forEach((level, index) => {
    if (!level) return
    const family = families.get(level.family) ?? { numbers: new Set(), nodes: 0 }
    families.set(level.family, family)
    family.numbers.add(level.number)
    family.nodes += segments[index]?.nodes.length ?? 0
  })
  const [best] = [...families].sort(([, a], [, b]) => b.numbers.size - a.numbers.size || b.nodes - a.nodes)
  return best?.[0]
}

/** Whether nodes in a module have numbers behind its own. */
function hasInner({ segments, end }: Numbered): boolean {
  const scopes = segments.flatMap(({ nodes }) =>
    nodes.map((node) => scopeOf({ nodes: [node], output: '', weights: [] })),
  )
  return scopes.some((scope) => levelAt(scope, end) !== undefined)
}

function byRepetition(graph: Graph, segments: readonly Scoped[]): Group[] {
  const { before, blocks, after } = repeatedBlocks(graph, segments)
  const groups = blocks.map((segments, index) => ({ name: `block ${index}`, segments }))
  return [...leading(before), ...groups, ...trailing(after)]
}

/** What is before the first layer: an embedding where it looks rows up or says so, else a stem. */
function leading(segments: readonly Scoped[]): Group[] {
  if (segments.length === 0) return []
  const nodes = segments.flatMap((segment) => segment.nodes)
  const isEmbedding =
    nodes.some(({ opType, name }) => /^(Q?Embed|Gather)/.test(opType) || /embed/i.test(name)) ||
    segments.some(({ scope }) => scope.some((part) => /embed/i.test(part)))
  return [{ name: isEmbedding ? 'embedding' : 'stem', segments }]
}

/** What is behind the last layer. */
function trailing(segments: readonly Scoped[]): Group[] {
  if (segments.length === 0) return []
  const names = segments.flatMap(({ nodes, weights }) => [
    ...nodes.flatMap(({ name, opType }) => [name, opType]),
    ...weights,
  ])
  const isPooler = names.some((name) => /pool/i.test(name))
  return [{ name: isPooler ? 'pooler' : 'output', segments }]
}

/** Groups as stages; one without a weight of its own is part of its neighbor, as there is nothing in it to unfreeze. */
function withWeights(graph: Graph, groups: readonly Group[]): FoundStage[] {
  const producers = graph.producers()
  const counted = new Set<string>()
  const seen = new Set<string>()
  const parametersTo = (output: string): number => {
    let parameters = 0
    const open = [output]
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue
      seen.add(name)
      const weight = graph.initializers.get(name)
      if (weight && !counted.has(name) && isParameter(weight.type, weight.data.length)) {
        counted.add(name)
        parameters += weight.data.length
      }
      const node = producers.get(name)
      if (node) open.push(...valuesRead(node))
    }
    return parameters
  }
  const stages: FoundStage[] = []
  let pending: Pick<FoundStage, 'name' | 'output'> | undefined
  for (const { name, segments } of groups) {
    const { output } = segments.at(-1) as Scoped
    const parameters = parametersTo(output)
    const previous = stages.at(-1)
    if (parameters > 0) stages.push({ name: pending?.name ?? name, output, parameters })
    else if (previous) stages[stages.length - 1] = { ...previous, output }
    else pending = { name, output }
    if (parameters > 0) pending = undefined
  }
  return stages.length === 0 && pending ? [{ ...pending, parameters: 0 }] : stages
}

/** Not counted: shapes, indices, single numbers. */
function isParameter(type: string, size: number): boolean {
  return size > 1 && !['int64', 'int32', 'uint64', 'bool', 'string'].includes(type)
}
