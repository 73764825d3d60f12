import type { ModelFiles } from '@headstart/core'
import { modelFiles } from '@headstart/core/kit'
import { recommenderLoader } from './recommender-loader.js'
import type { RecommenderModel } from './recommender-model.js'

/**
 * Reads a saved recommender. Runs no code from the folder; every file's hash is checked first.
 * @param place The path of its folder, or whatever else holds its files.
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or of another kind.
 */
export function loadRecommender(place: string | ModelFiles): Promise<RecommenderModel> {
  return recommenderLoader.load(modelFiles(place))
}
