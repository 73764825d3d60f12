import { type Backbone, type Method, transferMethods, type TuningOptions } from '@headstart/core'
import type { ImageInput } from '../preprocessing/image-input.js'
import { thumbnails } from './thumbnails.js'

/**
 * The methods that `compare` sets side by side for pictures: their own pixels alone, and a frozen backbone.
 * @param tuning With it, and a backbone whose graph is at hand, two more: its architecture trained from scratch, and the
 *   backbone tuned with these options. They take minutes where the others take seconds.
 */
export function imageMethods<Input extends ImageInput>(
  backbone: Backbone<Input>,
  tuning?: TuningOptions,
): Method<Input>[] {
  return [
    { name: 'no-transfer', description: 'the pixels of the pictures, made small', backbone: () => thumbnails() },
    ...transferMethods(backbone, tuning),
  ]
}
