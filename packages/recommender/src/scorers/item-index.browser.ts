import { OptionError } from '@headstart/core/load'
import type * as node from './item-index.js'

/** Stands for `item-index.ts` in a browser, for which usearch is not built. */
export const withIndex: typeof node.withIndex = async () => {
  throw new OptionError('an index of items', 'a program in Node', 'a browser', 'Lists are exact without it.')
}
