import type { Node } from './graph.js'

/** A node that gives a value's shape. */
export function shapeNode(input: string, output: string): Node {
  return { name: output, opType: 'Shape', domain: '', inputs: [input], outputs: [output], attributes: {} }
}
