import { type Dataset, dataset, type Example, type Target } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import { augmentation, type AugmentationOptions } from '../preprocessing/augmentation.js'
import { type ImageInput, type ImageSource, isAugmented } from '../preprocessing/image-input.js'

/** Options of `augmented`. */
export interface AugmentedOptions extends AugmentationOptions {
  /** Changed copies of each picture, beside the picture itself. Default 4. */
  readonly copies?: number
  /** Same seed, same copies. Default 0. */
  readonly seed?: number
}

/**
 * Training pictures and randomly changed copies of each (see `augmentation`). A picture and its copies are one group: no
 * validation is made easy by a copy of what was trained on. A frozen network sees each copy once and its features are
 * cached, so that the price is paid once; more copies are more to compute, fewer are less variety.
 *
 *     const model = await fineTune(await mobileNetV2(), augmented(train, { copies: 4 }))
 *
 * @throws OptionError for an option outside its range, and for pictures that are changed already
 */
export function augmented<Label extends Target>(
  train: Dataset<ImageInput, Label> | Dataset<string, Label>,
  { copies = 4, seed = 0, ...options }: AugmentedOptions = {},
): Dataset<ImageInput, Label> {
  if (!Number.isInteger(copies) || copies < 1) {
    throw new OptionError(
      'augmented, option "copies"',
      'a whole number from 1 on',
      String(copies),
      'Leave it out for 4.',
    )
  }
  // Refuses options out of range before any picture is read.
  augmentation(options)
  const examples = (train.examples as readonly Example<ImageInput, Label>[]).flatMap((example, place) => {
    const image = example.input
    if (isAugmented(image)) {
      throw new OptionError('augmented', 'pictures as they are', 'changed ones', 'Augment the pictures once.')
    }
    const group = example.group ?? `picture ${place}`
    const copy = (number: number): ImageInput => ({
      image: image as ImageSource,
      augmentation: options,
      seed: seedOf(seed, place, number),
    })
    const inputs: ImageInput[] = [image, ...Array.from({ length: copies }, (_, number) => copy(number))]
    return inputs.map((input) => ({ ...example, input, group }))
  })
  const test = train.test as Dataset<ImageInput, Label> | undefined
  return dataset<ImageInput, Label>(examples, { name: train.name, test }) as Dataset<ImageInput, Label>
}

/** A seed for each copy: odd multipliers spread them over 32 bits. */
function seedOf(seed: number, place: number, copy: number): number {
  return (Math.imul(seed, 0x9e3779b1) + Math.imul(place, 0x85ebca6b) + Math.imul(copy + 1, 0xc2b2ae35)) >>> 0
}
