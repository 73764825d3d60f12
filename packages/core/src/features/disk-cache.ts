import type { Store } from '../contract/store.js'
import { FeatureCache, type FeatureCacheOptions } from './feature-cache.js'

/** The cache in the default directory. */
export function openDiskCache(options: FeatureCacheOptions): Promise<Store | undefined> {
  return FeatureCache.open(options)
}
