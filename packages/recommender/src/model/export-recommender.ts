import { DataError, type ExportFormat, version } from '@headstart/core/load'
import { encodeModel } from '@headstart/onnx/kit'
import { exportedSequence } from '../network/exported-sequence.js'
import type { RecommenderParts } from './recommender-parts.js'

type Exportable = Pick<RecommenderParts, 'catalog' | 'recommender' | 'recipe'>

/** The forms in which a recommender can be carried away. */
export function exportFormats(model: Exportable): Readonly<Record<string, ExportFormat>> {
  return {
    onnx: {
      description: 'one file for ONNX Runtime in any language, from histories to scores',
      ending: '.onnx',
      make: async () => forOnnx(model),
    },
  }
}

/** @throws DataError for a method that is more than a network. */
function forOnnx({ catalog, recommender, recipe }: Exportable): Uint8Array {
  const state = recommender.state?.()
  const graph = state && exportedSequence(state)
  if (!graph) {
    const expected = 'a sequence model (the method "scratch"), which is a network from histories to scores'
    const got = `"${recipe.method}", which scores by numbers of the shop`
    throw new DataError('recommender to be exported', expected, got, 'Use its saved folder.')
  }
  const metadata = new Map([
    ['headstart.version', version],
    ['headstart.task', 'recommend'],
    ['headstart.labels', JSON.stringify(catalog.items.map(({ id }) => id))],
  ])
  return encodeModel(graph.with({ metadata }))
}
