/** All that one needs to translate, and to adapt a translator. `./kit` has the parts for those who build on it. */
export { translator } from './translator.js'
export type { TranslatorOptions } from './files/open-translator.js'
export type { TranslateOptions, Translation, Translator } from './contract.js'
