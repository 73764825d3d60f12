import type { Knowledge } from '@headstart/core'
import { classNames } from './class-names.js'
import { polarity } from './polarity.js'
import { words } from './words.js'

/** What text backbones are offered beside their network, where nothing else is said: what of it counts, held-out examples choose. */
export function textKnowledge(): readonly Knowledge<string>[] {
  return [polarity('en'), words(), classNames()]
}
