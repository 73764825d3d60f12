import { pictureModelLoader } from '@headstart/vision/load'
import { pictureReader } from './read-picture.js'

/** Loads saved models of pictures, for those that a page has. */
export const pictureModels = pictureModelLoader(pictureReader)
