/** Parts of translators: their networks, tokens and generation. */
export type { NetworkNames, SpecialTokens, TranslationNetworks, TranslationTokenizer } from './contract.js'
export type { TranslatorConfig } from './files/translator-config.js'
