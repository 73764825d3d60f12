import { float32, Session } from '@headstart/onnx'
import { type Head, headNames } from './head.js'
import type { Matrix } from '../contract/matrix.js'

/** What a head answers for features `[n, featureSize]`: probabilities or values, `[n, outputs]`. */
export async function headResults({ kind, graph }: Pick<Head, 'kind' | 'graph'>, features: Matrix): Promise<Matrix> {
  const session = await Session.create(graph)
  try {
    const feed = float32([features.rows, features.columns], features.data)
    const result = (await session.run({ [headNames.features]: feed }))[headNames.result[kind]]
    return { rows: features.rows, columns: result?.dims[1] as number, data: result?.data as Float32Array }
  } finally {
    await session.close()
  }
}
