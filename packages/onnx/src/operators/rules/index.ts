import type { Node } from '../../graph/graph.js'
import type { Entry } from '../rule.js'
import * as activation from './activation.js'
import * as arithmetic from './arithmetic.js'
import * as attention from './attention.js'
import * as constant from './constant.js'
import * as convolution from './convolution.js'
import * as einsum from './einsum.js'
import * as functions from './functions.js'
import * as indexing from './indexing.js'
import * as matmul from './matmul.js'
import * as microsoft from './microsoft.js'
import * as normalization from './normalization.js'
import type { MicrosoftOperator, StandardOperator } from './operators.js'
import * as pooling from './pooling.js'
import * as reduction from './reduction.js'
import * as refused from './refused.js'
import * as refusedOfMicrosoft from './refused-microsoft.js'
import * as resampling from './resampling.js'
import * as shape from './shape.js'

/** Every operator has a rule, or a reason why it has none: the type does not compile without. */
const standard = {
  ...activation,
  ...arithmetic,
  ...attention,
  ...constant,
  ...convolution,
  ...einsum,
  ...functions,
  ...indexing,
  ...matmul,
  ...normalization,
  ...pooling,
  ...reduction,
  ...refused,
  ...resampling,
  ...shape,
} satisfies Readonly<Record<StandardOperator, Entry>>

const ofMicrosoft = { ...microsoft, ...refusedOfMicrosoft } satisfies Readonly<Record<MicrosoftOperator, Entry>>

/** The rules by domain and operator. */
export const rules: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  '': standard,
  'ai.onnx': standard,
  'com.microsoft': ofMicrosoft,
}

/** What is known of a node's operator; undefined for one that no table has. */
export function entryOf({ domain, opType }: Node): Entry | undefined {
  const table = rules[domain]
  return table && Object.hasOwn(table, opType) ? table[opType] : undefined
}

/** Why no gradient flows through a node, or undefined. */
export function refusalOf(node: Node, opset: number): string | undefined {
  const entry = entryOf(node)
  if (!entry) return 'there is no rule for this operator'
  if (entry.kind === 'not differentiable') return entry.reason
  return entry.kind === 'zero' ? undefined : entry.refuses?.(node, opset)
}
