import type { Node } from '../../graph.js'
import type { Entry } from '../rule.js'
import * as activation from './activation.js'
import * as arithmetic from './arithmetic.js'
import * as convolution from './convolution.js'
import * as functions from './functions.js'
import * as einsum from './einsum.js'
import * as indexing from './indexing.js'
import * as matmul from './matmul.js'
import * as microsoft from './microsoft.js'
import * as normalization from './normalization.js'
import * as pooling from './pooling.js'
import * as reduction from './reduction.js'
import * as resampling from './resampling.js'
import * as shape from './shape.js'

const standard: Readonly<Record<string, Entry>> = {
  ...activation,
  ...arithmetic,
  ...convolution,
  ...functions,
  ...matmul,
  ...einsum,
  ...indexing,
  ...normalization,
  ...pooling,
  ...resampling,
  ...reduction,
  ...shape,
}

const tables: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  '': standard,
  'ai.onnx': standard,
  'com.microsoft': { ...microsoft },
}

/** What is known of a node's operator; undefined for one that no table has. */
export function entryOf({ domain, opType }: Node): Entry | undefined {
  return tables[domain]?.[opType]
}

/** Why no gradient flows through a node, or undefined. */
export function refusalOf(node: Node, opset: number): string | undefined {
  const entry = entryOf(node)
  if (!entry) return 'there is no rule for this operator'
  if (entry.kind === 'not differentiable') return entry.reason
  return entry.kind === 'zero' ? undefined : entry.refuses?.(node, opset)
}
