import type { BenchNetwork } from '@headstart/core'

const pairs = ['en-de', 'en-fr', 'en-es', 'en-nl', 'en-sv', 'en-ru', 'en-zh', 'de-en', 'fr-en', 'es-en'] as const

const names = new Intl.DisplayNames('en', { type: 'language' })

/** Translators of one pair of languages that are published for Transformers.js (OPUS-MT, Tiedemann and Thottingal, 2020). */
export const listedTranslators: readonly BenchNetwork[] = pairs.map((pair) => {
  const [from = '', to = ''] = pair.split('-')
  return {
    id: `Xenova/opus-mt-${pair}`,
    description: `${names.of(from)} to ${names.of(to)}`,
    license: 'CC-BY-4.0 or Apache-2.0, as its card on the hub says',
    parameters: 74_000_000,
  }
})
