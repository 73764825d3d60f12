import type { Node } from '../graph/graph.js'
import type { Entry } from './rule.js'
import * as activation from './rules/activation.js'
import * as arithmetic from './rules/arithmetic.js'
import * as attention from './rules/attention.js'
import * as constant from './rules/constant.js'
import * as convolution from './rules/convolution.js'
import * as einsum from './rules/einsum.js'
import * as functions from './rules/functions.js'
import * as indexing from './rules/indexing.js'
import * as loss from './rules/loss.js'
import * as matmul from './rules/matmul.js'
import * as microsoft from './rules/microsoft.js'
import * as normalization from './rules/normalization.js'
import type { MicrosoftOperator, StandardOperator } from './operator-names.js'
import * as pooling from './rules/pooling.js'
import * as recurrent from './rules/recurrent.js'
import * as reduction from './rules/reduction.js'
import * as refused from './rules/refused.js'
import * as refusedOfMicrosoft from './rules/refused-microsoft.js'
import * as resampling from './rules/resampling.js'
import * as shape from './rules/shape.js'

/** Every operator has an entry, with all that is known of it: the type does not compile without. */
const standard = {
  ...activation,
  ...arithmetic,
  ...attention,
  ...constant,
  ...convolution,
  ...einsum,
  ...functions,
  ...indexing,
  ...loss,
  ...matmul,
  ...normalization,
  ...pooling,
  ...recurrent,
  ...reduction,
  ...refused,
  ...resampling,
  ...shape,
} satisfies Readonly<Record<StandardOperator, Entry>>

const ofMicrosoft = { ...microsoft, ...refusedOfMicrosoft } satisfies Readonly<Record<MicrosoftOperator, Entry>>

/** All that is known of operators, by domain and name. */
export const operators: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  '': standard,
  'ai.onnx': standard,
  'com.microsoft': ofMicrosoft,
}

/** What is known of a node's operator; undefined for one that no table has. */
export function entryOf({ domain, opType }: Node): Entry | undefined {
  const table = operators[domain]
  return table && Object.hasOwn(table, opType) ? table[opType] : undefined
}

/** Why no gradient flows through a node, or undefined. */
export function refusalOf(node: Node, opset: number): string | undefined {
  const entry = entryOf(node)
  if (!entry) return 'there is no rule for this operator'
  if (entry.kind === 'not differentiable') return entry.reason
  return entry.kind === 'zero' ? undefined : entry.refuses?.(node, opset)
}
