import type * as node from './disk-cache.js'

/** Stands for `disk-cache.ts` in a browser, which has no disk: nothing is kept between runs. */
export const openDiskCache: typeof node.openDiskCache = async () => undefined
