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
