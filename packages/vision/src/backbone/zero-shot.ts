import { type Backbone, type Model, type Target, type ZeroShotOptions } from '@headstart/core'
import { zeroShotModel } from '@headstart/core/kit'
import type { ImageInput } from '../preprocessing/image-input.js'

/**
 * A classifier of pictures from the names of its classes alone (see `zeroShotModel`), for the two sides of a pair such as
 * CLIP: a picture gets the class whose name is most alike.
 *
 *     const pictures = await transformersBackbone('Xenova/clip-vit-base-patch32')
 *     const texts = await textBackbone('Xenova/clip-vit-base-patch32') // transformersBackbone of @headstart/nlp
 *     const model = await zeroShot(pictures, texts, ['cat', 'dog'])
 *
 * @param options Defaults: the template 'a photo of a {label}', as in the paper of CLIP; the scale 100, to which CLIP was
 *   trained.
 * @throws DataError for labels that are empty or the same, and for sides of different pairs where their sizes differ.
 * @throws OptionError for a template without `{label}`.
 */
export function zeroShot<Label extends Target = string>(
  pictures: Backbone<ImageInput>,
  texts: Backbone<string>,
  labels: readonly string[],
  { template = 'a photo of a {label}', scale = 100 }: ZeroShotOptions = {},
): Promise<Model<ImageInput, Label>> {
  return zeroShotModel<ImageInput, Label>(pictures, texts, labels, { template, scale })
}
