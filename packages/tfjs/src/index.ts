export * from './errors.js'
export { type ImportOptions, importTfjs, type InputOptions } from './import-tfjs.js'
export type { ModelJson, TfjsFormat } from './model-json.js'
export { decodeTfjsModel, readTfjsModel, type TfjsModel } from './read-tfjs-model.js'
