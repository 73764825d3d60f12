/** For tests: translators of the shape of Marian's, tiny, with random weights. */
export { tinyTranslator, type TinyTranslatorOptions, writeTranslator } from './tiny-translator.js'
