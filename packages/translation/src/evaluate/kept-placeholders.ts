import { comparePlaceholders, findPlaceholders } from '../placeholders/find-placeholders.js'

/** Whether a translation has the placeholders of its source, each as often; undefined for a source without. */
export function keepsPlaceholders(source: string, translation: string): boolean | undefined {
  const own = findPlaceholders(source)
  if (own.length === 0) return undefined
  const { missing, surplus } = comparePlaceholders(own, findPlaceholders(translation))
  return missing.length === 0 && surplus.length === 0
}
