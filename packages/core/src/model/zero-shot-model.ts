import type { Backbone } from '../contract/backbone.js'
import type { Target } from '../contract/target.js'
import { DataError, OptionError } from '../contract/errors.js'
import { inLabelOrder } from '../kit/label-order.js'
import { Model } from './model.js'
import { prototypeHead } from '../head/prototype-head.js'

/** Options of `zeroShotModel`. */
export interface ZeroShotOptions {
  /** The text that stands for a class; `{label}` in it is the class's name. Default '{label}'. */
  readonly template?: string | undefined
  /** How sure a likeness makes: the logits are this times the cosine. Default 20, as sentence encoders are trained with. */
  readonly scale?: number | undefined
}

/**
 * A classifier from the names of its classes alone, without an example: each input gets the class whose name is most
 * alike, by the cosine of their features (as in Radford et al., "Learning Transferable Visual Models From Natural Language
 * Supervision", 2021, section 3.1). A start, to be measured beside a head trained on examples; its probabilities are not
 * calibrated.
 *
 * @param inputs Encodes the inputs.
 * @param names Encodes the names, into the same space: the same backbone for texts, the other side of a pair for pictures.
 * @param labels Two or more; `_` in them is read as a space.
 * @throws DataError for labels that are empty or the same, and for two backbones of different sizes.
 * @throws OptionError for a template without `{label}`.
 */
export async function zeroShotModel<Input, Label extends Target = string>(
  inputs: Backbone<Input>,
  names: Backbone<string>,
  labels: readonly string[],
  { template = '{label}', scale = 20 }: ZeroShotOptions = {},
): Promise<Model<Input, Label>> {
  const distinct = inLabelOrder(labels.map((label) => label.trim()))
  if (distinct.length < 2 || distinct.length < labels.length || distinct.includes('')) {
    const got = labels.map((label) => `"${label}"`).join(', ') || 'none'
    throw new DataError('labels', 'two or more different names', got, 'Name each class once.')
  }
  if (!template.includes('{label}')) {
    throw new OptionError(
      'option "template"',
      'a text with {label} in it',
      `"${template}"`,
      'Try "This is about {label}."',
    )
  }
  if (inputs.featureSize !== names.featureSize) {
    const expected = `names in the ${inputs.featureSize} features of "${inputs.id}"`
    throw new DataError(`backbone "${names.id}"`, expected, `${names.featureSize}`, 'Use the two sides of one pair.')
  }
  const texts = distinct.map((label) => template.replaceAll('{label}', label.replaceAll('_', ' ')))
  return new Model<Input, Label>({
    backbone: inputs,
    head: prototypeHead(distinct, await names.embed(texts), scale),
    recipe: { strategy: 'zero-shot', seed: 0, l2: 0, folds: 0, classWeight: 'none', template, scale },
    training: { examples: 0, totals: distinct.map(() => 0) },
  })
}
