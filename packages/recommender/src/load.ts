/** What loads a saved recommender and has it answer, without anything of Node: browsers take it as well. */
export type { RecommendAnswer, RecommendQuery } from './model/recommend-query.js'
export type { GroupOptions, Reason, RecommendedItem, RecommendOptions } from './model/recommend-options.js'
export type { RecommenderModel } from './model/recommender-model.js'
export { boosted, type ListLine, type Quota, withQuotas } from './model/shape-list.js'
export { recommenderLoader } from './model/recommender-loader.js'
