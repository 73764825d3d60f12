import type { Backbone, Model, Target, TunableBackbone } from '@headstart/core'
import * as core from '@headstart/core/kit'
import { words } from '../knowledge/words.js'
import { staticTokens } from './static-tokens.js'

/**
 * A student of a text model that answers from the vectors of tokens and from words, without running the encoder: see `distill` of
 * @headstart/core. What stood beside the model's network stands beside its own, the words anew.
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
  return core.distill(model, await studentOf(model.backbone, texts), texts, options)
}

/** The quick features for a model of texts. */
export async function studentOf(backbone: Backbone<string>, texts: readonly string[]): Promise<Backbone<string>> {
  const known = core.isKnown(backbone) ? backbone : undefined
  const network = (known?.base ?? backbone) as TunableBackbone<string>
  if (!core.isTunable(network) || !network.preprocessing.files.has('vocab.json')) {
    const expected = 'a model on the Universal Sentence Encoder, whose vocabulary is small'
    throw new core.OptionError('student', expected, `one on "${backbone.id}"`, 'Keep the model itself.')
  }
  const vocabulary = JSON.parse(new TextDecoder().decode(network.preprocessing.files.get('vocab.json'))) as unknown[]
  const student = await staticTokens(network, vocabulary.length)
  const part = await words().fit(texts, [])
  const others = known?.parts.filter(({ part: { name } }) => name !== 'words') ?? []
  return core.knownBackbone(student, [...(part ? [{ part, weight: 1 }] : []), ...others])
}
