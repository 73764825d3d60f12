import { GraphBuilder } from '../src/graph/builder.js'
import type { Graph } from '../src/graph/graph.js'
import { float32 } from '../src/graph/tensor.js'

/** tanh(x·w0 + b0)·w1 + b1, from 3 numbers through 4 to 2, with every value named. */
export function twoLayers(): Graph {
  const g = new GraphBuilder('two-layers')
  const weight = (name: string, dims: number[], scale: number) =>
    g.weight(
      name,
      float32(
        dims,
        Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => scale * (i - 2)),
      ),
    )
  const x = g.input('x', 'float32', ['batch', 3])
  const dense0 = g.op('Gemm', [x, weight('w0', [3, 4], 0.1), weight('b0', [4], 0.3)], {}, { name: 'dense0' })
  const hidden = g.op('Tanh', [dense0], {}, { name: 'hidden' })
  const dense1 = g.op('Gemm', [hidden, weight('w1', [4, 2], -0.2), weight('b1', [2], 0.5)], {}, { name: 'dense1' })
  g.output('y', dense1, 'float32', ['batch', 2])
  return g.build()
}

/** Three rows for `twoLayers`. */
export const threeRows = float32([3, 3], [1, 2, 3, -1, 0.5, 0, 0.25, -2, 4])
