import type { Backbone, Method } from '@headstart/core'
import { bagOfWords } from './bag-of-words.js'

/** The methods that `compare` sets side by side for texts: words of the training texts alone, and a frozen backbone. */
export function textMethods(backbone: Backbone<string>): Method<string>[] {
  return [
    { name: 'no-transfer', description: 'bag of words from the training texts alone', backbone: bagOfWords },
    { name: 'frozen', description: `frozen ${backbone.id}`, backbone: () => backbone },
  ]
}
