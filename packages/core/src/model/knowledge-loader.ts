import * as z from 'zod'
import type { JsonObject } from '../contract/backbone.js'
import { DataError } from '../contract/errors.js'
import type { KnowledgeLoader } from '../contract/knowledge.js'
import { knownPreprocessingId, preprocessingOf } from '../features/known-backbone.js'
import type { PreprocessingLoader } from './model-from.js'

const described = { id: z.string(), config: z.record(z.string(), z.json()) }
const configSchema = z.object({
  base: z.object({ ...described, output: z.string(), fingerprint: z.string() }),
  parts: z.array(z.object({ ...described, name: z.string(), weight: z.number() })),
})

/**
 * Reads inputs for a network and for the parts beside it (see `withKnowledge`), as a saved model has them.
 * @param networks Loaders of what reads inputs for the network alone.
 * @param parts Loaders of the parts that there are.
 */
export function knowledgeLoader<Input>(
  networks: readonly PreprocessingLoader<Input>[],
  parts: readonly KnowledgeLoader<Input>[],
): PreprocessingLoader<Input> {
  return {
    id: knownPreprocessingId,
    async load(config, files) {
      const { base, parts: saved } = configSchema.parse(config)
      const network = loaderOf(networks, base.id)
      const preprocessing = await network.load(base.config as JsonObject, files)
      return preprocessingOf(
        { preprocessing, output: base.output, fingerprint: base.fingerprint },
        saved.map(({ id, config: settings, weight }) => ({
          part: loaderOf(parts, id).load(settings as JsonObject, files),
          weight,
        })),
      )
    },
  }
}

function loaderOf<Loader extends { readonly id: string }>(loaders: readonly Loader[], id: string): Loader {
  const loader = loaders.find((one) => one.id === id)
  if (loader) return loader
  const known = loaders.map((one) => `"${one.id}"`).join(', ')
  throw new DataError('saved model', `parts that this version knows: ${known}`, `"${id}"`, 'Update Headstart.')
}
