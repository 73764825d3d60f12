import type { Attribute, Node } from './graph.js'

/** A node's whole number, or what the specification says where the attribute is left out. */
export function intOf(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes[name]
  return attribute?.kind === 'int' ? attribute.value : fallback
}

/** A node's float. */
export function floatOf(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes[name]
  return attribute?.kind === 'float' ? attribute.value : fallback
}

/** A node's list of whole numbers. */
export function intsOf<T>(node: Node, name: string, fallback: T): readonly number[] | T {
  const attribute = node.attributes[name]
  return attribute?.kind === 'ints' ? attribute.value : fallback
}

/** A node's text. */
export function textOf(node: Node, name: string, fallback: string): string {
  const attribute = node.attributes[name]
  return attribute?.kind === 'string' ? attribute.value : fallback
}

/** Attributes without some of them. */
export function without(
  attributes: Readonly<Record<string, Attribute>>,
  ...names: readonly string[]
): Readonly<Record<string, Attribute>> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)))
}

/** An axis counted from the front: -1 is the last one. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}
