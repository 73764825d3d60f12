/** All that one needs to translate, and to adapt a translator. `./kit` has the parts for those who build on it. */
export type { TranslateOptions, Translation, Translator } from './contract.js'
