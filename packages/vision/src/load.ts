/**
 * What loads a saved model of pictures and has it answer, without anything of Node: browsers take it as well. How pictures are
 * decoded is theirs; what is made of the pixels is the same everywhere.
 */
export { bringToSize, type BringToSizeOptions, type Orientation, shrinkOnLoad } from './preprocessing/bring-to-size.js'
export type { Chroma } from './preprocessing/decoded-smaller.js'
export type { PictureReader } from './preprocessing/picture-preprocessing.js'
export type { Pixels } from './preprocessing/pixels.js'
export type { Sizing } from './preprocessing/sizing.js'
export { pictureModelLoader } from './picture-model-loader.js'
