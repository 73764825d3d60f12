import { type Backbone, type Model, type Target, type ZeroShotOptions } from '@headstart/core'
import { zeroShotModel } from '@headstart/core/kit'

/**
 * A classifier of texts from the names of its classes alone (see `zeroShotModel`), for a backbone that is a sentence
 * encoder: a text gets the class whose name means most nearly the same.
 * @throws DataError for labels that are empty or the same; OptionError for a template without `{label}`.
 */
export function zeroShot<Label extends Target = string>(
  backbone: Backbone<string>,
  labels: readonly string[],
  options?: ZeroShotOptions,
): Promise<Model<string, Label>> {
  return zeroShotModel<string, Label>(backbone, backbone, labels, options)
}
