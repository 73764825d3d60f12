import { describe, expect, it } from 'vitest'
import { type AttributeInput, GraphBuilder, type Value } from '../src/graph/builder.js'
import type { ElementType } from '../src/graph/element-type.js'
import type { Entry } from '../src/operators/rule.js'
import type { Graph } from '../src/graph/graph.js'
import type { Tensor, Tensors } from '../src/graph/tensor.js'
import { checkGradient, type CheckGradientOptions } from '../src/test/index.js'

/** One node whose gradient is checked. */
export interface RuleCase extends Pick<CheckGradientOptions, 'step' | 'directions' | 'precision'> {
  readonly title?: string
  /** The node's inputs; '' for one left out. Those of float32 are inputs of the graph, others are weights. */
  readonly inputs: readonly (Tensor | '')[]
  /** Which inputs the gradient is checked by; the other ones are weights. Default: all of float32. */
  readonly by?: readonly number[]
  readonly attributes?: Readonly<Record<string, AttributeInput>>
  /** Types of the node's outputs, '' for one left out; those of float32 are differentiated. Default: one float32. */
  readonly outputs?: readonly (ElementType | '')[]
  /** Version of the standard operators. Default: 17. */
  readonly opset?: number
}

/** A graph and what is put in. */
interface Attempt {
  readonly graph: Graph
  readonly feeds: Tensors
}

/** The graph of one node, and feeds for it. */
export function nodeGraph(
  operator: string,
  domain: string,
  { inputs, by, attributes, outputs = ['float32'], opset = 17 }: RuleCase,
): Attempt {
  const g = new GraphBuilder(operator, { opsets: { '': opset, ...(domain && { [domain]: 1 }) } })
  const feeds: Record<string, Tensor> = {}
  const values = inputs.map((input, index): Value | '' => {
    if (input === '') return ''
    const name = `x${index}`
    if (input.type !== 'float32' || (by && !by.includes(index))) return g.weight(name, input)
    feeds[name] = input
    return g.input(name, input.type, input.dims)
  })
  const results = g.ops(operator, values, outputs.length, attributes, { domain })
  results.forEach((result, index) => {
    const type = outputs[index]
    if (type) g.output(`y${index}`, result, type)
  })
  return { graph: g.build(), feeds }
}

/**
 * Checks every rule of a file against finite differences, in all its cases, and that none is without a case.
 * @param cases Those of each rule, by operator.
 */
export function testRules<Rules extends Readonly<Record<string, Entry>>>(
  rules: Rules,
  cases: { readonly [Operator in keyof Rules]: readonly RuleCase[] },
  domain = '',
): void {
  for (const [operator, ofOperator] of Object.entries<readonly RuleCase[]>(cases)) {
    describe(`${operator}`, () => {
      it.each(ofOperator.map((one) => [titleOf(one), one] as const))('%s', async (_, one) => {
        const { graph, feeds } = nodeGraph(operator, domain, one)
        await expectGradient(graph, feeds, one)
      })
    })
  }

  it('has cases for every rule', () => {
    const without = Object.keys(rules).filter((operator) => (cases[operator]?.length ?? 0) === 0)
    expect(without).toEqual([])
  })
}

async function expectGradient(
  graph: Graph,
  feeds: Tensors,
  { outputs = ['float32'], step, directions, precision }: RuleCase,
): Promise<void> {
  await checkGradient(graph, feeds, {
    outputs: outputs.flatMap((type, index) => (type === 'float32' ? [`y${index}`] : [])),
    by: Object.keys(feeds),
    ...(step !== undefined && { step }),
    ...(directions !== undefined && { directions }),
    ...(precision && { precision }),
  })
}

function titleOf({ title, inputs, attributes = {}, opset }: RuleCase): string {
  const shapes = inputs.map((input) =>
    input === '' ? '_' : `${input.type === 'float32' ? '' : input.type}[${input.dims.join(', ')}]`,
  )
  const settings = Object.entries(attributes).map(
    ([name, value]) => `${name}=${typeof value === 'object' && 'kind' in value ? String(value.value) : String(value)}`,
  )
  return [title, shapes.join(' '), settings.join(' '), opset && `opset ${opset}`].filter(Boolean).join(', ')
}
