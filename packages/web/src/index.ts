/** A saved model in a browser: loaded from an address, asked on the page. */
export { HeadstartError } from '@headstart/core/load'
export { BrowserError } from './errors.js'
export { loadModel, type LoadModelOptions, type LoadedModels, type TaskName } from './load-model.js'
export type { Picture } from './pictures/picture.js'
