import { type Loader, type Model, modelLoader, type Target } from '@headstart/core/load'
import { pictureLoader, type PictureReader } from './preprocessing/picture-preprocessing.js'

/** Loads saved models of pictures, wherever they lie, for pictures that are read in some way. */
export function pictureModelLoader<Picture>(reader: PictureReader<Picture>): Loader<Model<Picture, Target>> {
  return modelLoader('image', [pictureLoader(reader)])
}
