import { OptionError } from '@headstart/core/load'
import type * as node from './in-stock.js'

/** Stands for `in-stock.ts` in a browser, where no table can be read. */
export const inStock: typeof node.inStock = async () => {
  throw new OptionError('option "stock"', 'a program in Node, which reads tables', 'a browser', 'Give a filter.')
}
