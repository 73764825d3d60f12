import { type Backbone, isTunable, type Method, transferMethods, type TuningOptions } from '@headstart/core'
import type { ImageInput } from './image-input.js'
import { thumbnails } from './thumbnails.js'

/**
 * The methods that `compare` sets side by side for pictures: their own pixels alone, and a frozen backbone.
 * @param tuning With it, and a backbone whose graph is at hand: its architecture trained from scratch, the backbone frozen,
 *   and tuned with these options. Takes many minutes where the others take seconds.
 */
export function imageMethods<Input extends ImageInput>(backbone: Backbone<Input>, tuning?: TuningOptions): Method<Input>[] {
  if (tuning && isTunable(backbone)) return transferMethods(backbone, tuning)
  return [
    { name: 'no-transfer', description: 'the pixels of the pictures, made small', backbone: () => thumbnails() },
    { name: 'frozen', description: `frozen ${backbone.id}`, backbone: () => backbone },
  ]
}
