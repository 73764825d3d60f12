import type { Backbone, Model, RunOptions, Target } from '@headstart/core'
import * as core from '@headstart/core/kit'
import { words } from '../knowledge/words.js'
import { staticTokens } from './static-tokens.js'

/**
 * A student of a text model, on any encoder whose vocabulary is known, that answers from the vectors of tokens and from words, without
 * running the encoder: see `distill` of @headstart/core. What stood beside the model's network stands beside its own, the words anew.
 *
 *     const quick = await distill(model, texts)
 *
 * @throws DataError where it does not agree with the model on texts that are held out; the model is the better choice then.
 */
export async function distill<Label extends Target = string>(
  model: Model<string, Label>,
  texts: readonly string[],
  options?: core.DistillOptions,
): Promise<Model<string, Label>> {
  core.assertDistillable(model, texts)
  return core.distill(model, await studentOf(model.backbone, texts, options), texts, options)
}

/** The quick features for a model of texts. */
export async function studentOf(
  backbone: Backbone<string>,
  texts: readonly string[],
  options: RunOptions = {},
): Promise<Backbone<string>> {
  const network = core.networkOf(backbone)
  if (!core.isTunable(network)) {
    const expected = 'a model whose network is at hand'
    throw new core.OptionError('student', expected, `one on "${backbone.id}"`, 'Keep the model itself.')
  }
  const student = await staticTokens(network, texts, options)
  const part = await words().fit(texts, [])
  const parts = core.isKnown(backbone) ? backbone.parts : []
  const others = parts.filter(({ part: { name } }) => name !== 'words')
  return core.knownBackbone(student, [...(part ? [{ part, weight: 1 }] : []), ...others])
}
