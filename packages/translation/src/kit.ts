/** Parts of translators: their networks, tokens and generation. */
export type { NetworkNames, SpecialTokens, TranslationNetworks, TranslationTokenizer } from './contract.js'
export type { LanguageOptions } from './files/languages.js'
export {
  decodeNetworks,
  openTranslator,
  type TranslatorOptions,
  type TranslatorParts,
  translatorParts,
} from './files/open-translator.js'
export type { TranslatorConfig } from './files/translator-config.js'
export {
  comparePlaceholders,
  findPlaceholders,
  type PlaceholderOptions,
  placeholderProblems,
} from './placeholders/find-placeholders.js'
export { translateOptions } from './translate-options.js'
export { loadTranslator } from './translator.js'
export { pairsFor, type PairsForOptions } from './data/pairs-for.js'
export { fillCatalogs } from './data/fill-catalogs.js'
export { bleu } from './evaluate/bleu.js'
export { chrF2 } from './evaluate/chrf.js'
export { addedUp, type Metric, scoreOf } from './evaluate/metric.js'
export { reportTranslations } from './evaluate/translation-report.js'
export { pairsHeldOut, type PairsHeldOutOptions } from './learners/pairs-held-out.js'
export { type MethodName, methodNames, translationLearners } from './learners/translation-learners.js'
export { EncodedSources } from './tuning/encoded-sources.js'
export { freshNetworks } from './tuning/fresh-weights.js'
export { type Depth, trainingGraph } from './tuning/training-graph.js'
export { TokenFeeds, type TokenPair } from './tuning/token-pairs.js'
export { type Tuned, tune } from './tuning/tune.js'
