/** What loads a saved text model and has it answer, without anything of Node: browsers take it as well. */
export { textLoader } from './text-loader.js'
