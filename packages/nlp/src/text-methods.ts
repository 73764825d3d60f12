import { type Backbone, isTunable, type Method, transferMethods, type TuningOptions } from '@headstart/core'
import { bagOfWords } from './bag-of-words.js'

/**
 * The methods that `compare` sets side by side for texts: words of the training texts alone, and a frozen backbone.
 * @param tuning With it, and a backbone whose graph is at hand: its architecture trained from scratch, the backbone frozen,
 *   and tuned with these options. Takes minutes where the others take seconds.
 */
export function textMethods(backbone: Backbone<string>, tuning?: TuningOptions): Method<string>[] {
  if (tuning && isTunable(backbone)) return transferMethods(backbone, tuning)
  return [
    { name: 'no-transfer', description: 'bag of words from the training texts alone', backbone: bagOfWords },
    { name: 'frozen', description: `frozen ${backbone.id}`, backbone: () => backbone },
  ]
}
