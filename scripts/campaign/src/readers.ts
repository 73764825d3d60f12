import { botReaders } from './read-bots.js'
import { dataReaders } from './read-data.js'
import { hubReaders } from './read-hub.js'
import { keptReaders } from './read-kept.js'
import { modelReaders } from './read-models.js'
import { networkReaders } from './read-networks.js'
import { translationReaders } from './read-translations.js'
import { workReaders } from './read-work.js'
import type { Reader } from './reader.js'

/** Everything that reads what somebody else made, or what lay on a disk meanwhile. */
export const readers: readonly Reader[] = [
  ...modelReaders,
  ...networkReaders,
  ...dataReaders,
  ...botReaders,
  ...translationReaders,
  ...hubReaders,
  ...keptReaders,
  ...workReaders,
]
