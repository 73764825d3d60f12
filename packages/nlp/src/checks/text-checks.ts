import type { InputChecks } from '@headstart/core/load'
import { nearTexts } from './near-texts.js'

/** What is known of texts for the check of data. */
export const textChecks: InputChecks<string> = {
  nearDuplicates: async (texts, signal) => nearTexts(texts, signal),
  emptiness: (text) => (text.trim() === '' ? 'an empty text' : undefined),
}
