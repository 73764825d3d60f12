import { type Backbone, type Method, transferMethods, type TuningOptions } from '@headstart/core'
import { bagOfWords } from './bag-of-words.js'

/**
 * The methods that `compare` sets side by side for texts: words of the training texts alone, and a frozen backbone.
 * @param tuning With it, and a backbone whose graph is at hand, two more: its architecture trained from scratch, and the
 *   backbone tuned with these options. They take minutes where the others take seconds.
 */
export function textMethods(backbone: Backbone<string>, tuning?: TuningOptions): Method<string>[] {
  return [
    { name: 'no-transfer', description: 'bag of words from the training texts alone', backbone: bagOfWords },
    ...transferMethods(backbone, tuning),
  ]
}
