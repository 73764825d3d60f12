import { InvalidGraphError } from '../errors.js'
import { lengthOf } from './element-type.js'
import { type Graph, nestedGraphs, valuesRead } from './graph.js'
import { sizeOf } from './tensor.js'

/**
 * Checks the rules of the ONNX IR that edits can break: each value is written once and before it is read, every
 * output exists, nodes have names of their own or none, every operator's domain has a version, weights fill their
 * shapes.
 * Whether an operator takes what it is given is checked by onnxruntime when a session is made.
 * @throws InvalidGraphError listing everything that is wrong.
 */
export function validate(graph: Graph): void {
  const problems = problemsOf(graph, () => false, graph.opsets)
  if (problems.length > 0) throw new InvalidGraphError(graph.name, problems)
}

function problemsOf(graph: Graph, isOuter: (name: string) => boolean, opsets: ReadonlyMap<string, number>): string[] {
  const problems: string[] = []
  const defined = new Set<string>()
  const define = (name: string, what: string): void => {
    if (name === '') problems.push(`${what} has no name`)
    else if (defined.has(name)) problems.push(`${what} "${name}" is defined a second time`)
    defined.add(name)
  }
  const isDefined = (name: string): boolean => defined.has(name) || isOuter(name)

  for (const { name } of graph.inputs) define(name, 'input')
  for (const [name, { type, dims, data }] of graph.initializers) {
    define(name, 'weight')
    if (data.length !== lengthOf(type, sizeOf(dims))) {
      problems.push(`weight "${name}" of shape ${type}[${dims.join(', ')}] has ${data.length} elements`)
    }
  }
  const producers = graph.producers()
  const titles = new Set<string>()
  for (const node of graph.nodes) {
    const title = `node "${node.name || node.outputs[0]}" (${node.opType})`
    if (!opsets.has(node.domain)) problems.push(`${title}: no operator set for domain "${node.domain || 'ai.onnx'}"`)
    if (node.name !== '' && titles.has(node.name)) problems.push(`${title}: another node has that name`)
    titles.add(node.name)
    const read = new Set(valuesRead(node))
    for (const input of read) {
      if (isDefined(input)) continue
      problems.push(`${title} reads "${input}", which ${producers.has(input) ? 'is written later' : 'nothing writes'}`)
    }
    // With what the node reads: an unknown value is told once, here, and not again for each reader inside.
    const isVisible = (name: string): boolean => isDefined(name) || read.has(name)
    for (const nested of nestedGraphs(node)) problems.push(...problemsOf(nested, isVisible, opsets))
    for (const output of node.outputs) if (output !== '') define(output, `value of ${title}`)
  }
  if (graph.outputs.length === 0) problems.push('the graph has no output')
  for (const { name } of graph.outputs) {
    if (!isDefined(name)) problems.push(`output "${name}" is written by nothing`)
  }
  return problems
}
