import type { Graph } from '../graph/graph.js'
import { dequantize, isQuantized } from './dequantize.js'
import { isHalfPrecision, toFloat32 } from './to-float32.js'

/** How a network holds its weights. */
export type Precision = 'float32' | 'float16' | 'quantized'

/** How a network holds its weights: 'quantized' where any are whole numbers, 'float16' where any are in half precision. */
export function precisionOf(graph: Graph): Precision {
  if (graph.nodes.some(isQuantized)) return 'quantized'
  return isHalfPrecision(graph) ? 'float16' : 'float32'
}

/** A network in float32, and what was done to it. */
export interface FullPrecision {
  readonly graph: Graph
  /** What a person should know of it, in sentences. Empty where nothing was to be done. */
  readonly notices: readonly string[]
}

/**
 * The same network with all weights in float32, as training needs them: from half precision (`toFloat32`) and from
 * quantized ones (`dequantize`). The rounding that they went through stays: a file that was exported in float32 is better.
 */
export function toFullPrecision(graph: Graph): FullPrecision {
  const precision = precisionOf(graph)
  if (precision === 'float32') return { graph, notices: [] }
  const single = toFloat32(graph)
  const better = 'Take a file in float32 (such as model.onnx) where there is one.'
  if (precision === 'float16')
    return { graph: single, notices: [`Weights in half precision were made float32 ones. ${better}`] }
  const { graph: dequantized, weights, kept } = dequantize(single)
  const done =
    weights.length === 0
      ? 'No quantized weight could be made a float32 one.'
      : `${weights.length} quantized weights were made float32 ones, with the rounding that they have. ${better}`
  const left = kept.length === 0 ? [] : [`Left as they are, and not to be trained: ${kept.join(', ')}.`]
  return { graph: dequantized, notices: [done, ...left] }
}
