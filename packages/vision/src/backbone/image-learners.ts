import { type Backbone, type TuningOptions } from '@headstart/core'
import { backboneLearner, type ExampleLearner, transferLearners } from '@headstart/core/kit'
import type { ImageInput } from '../preprocessing/image-input.js'
import { thumbnails } from './thumbnails.js'

/** Pixels of the pictures alone, with nothing pre-trained. */
export const pixelsAlone: ExampleLearner<ImageInput> = backboneLearner({
  name: 'no-transfer',
  description: 'the pixels of the pictures, made small',
  backbone: () => thumbnails(),
  keep: 'never',
})

/**
 * The learners that `compare` sets side by side for pictures: their own pixels alone, a frozen backbone and, where its graph is
 * at hand, the same network untrained.
 * @param tuning With it two more that take minutes: the network trained from scratch, and the backbone tuned with these options.
 */
export function imageLearners(backbone: Backbone<ImageInput>, tuning?: TuningOptions): ExampleLearner<ImageInput>[] {
  return transferLearners(backbone, pixelsAlone, tuning)
}
