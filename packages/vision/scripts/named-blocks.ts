import type { Graph } from '@headstart/onnx'
import { definedValues, rename } from '@headstart/onnx/kit'

/** Blocks of MobileNetV2 that add their input to their output (Sandler et al., 2018, table 2). */
const residual = new Set([2, 4, 5, 7, 8, 9, 11, 12, 14, 15])

/**
 * A MobileNetV2 in which the value of each whole block is called `block0` to `block16`, as far as it goes, and others as one says.
 * @param network What goes before the names of its blocks.
 */
export function namedBlocks(graph: Graph, network: string, others: Readonly<Record<string, string>>): Graph {
  const defined = definedValues(graph)
  const blocks = Array.from({ length: 17 }, (_, index): [string, string] => {
    const block = `${network}/expanded_conv${index === 0 ? '' : `_${index}`}`
    return [`${block}/${residual.has(index) ? 'add' : 'project/BatchNorm/FusedBatchNormV3'}`, `block${index}`]
  })
  const short = new Map([...blocks.filter(([value]) => defined.has(value)), ...Object.entries(others)])
  return rename(graph, Object.fromEntries(short))
}
