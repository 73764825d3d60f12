import type { Backbone, Method } from '@headstart/core'
import type { ImageInput } from './image-input.js'
import { thumbnails } from './thumbnails.js'

/** The methods that `compare` sets side by side for pictures: their own pixels alone, and a frozen backbone. */
export function imageMethods<Input extends ImageInput>(backbone: Backbone<Input>): Method<Input>[] {
  return [
    { name: 'no-transfer', description: 'the pixels of the pictures, made small', backbone: () => thumbnails() },
    { name: 'frozen', description: `frozen ${backbone.id}`, backbone: () => backbone },
  ]
}
