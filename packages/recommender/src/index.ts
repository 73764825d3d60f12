export { compare, HeadstartError, startRun } from '@headstart/core'
export type { Comparison, ModelFiles, Run, Shown, TrainEvent } from '@headstart/core'
export { Catalog, type Item } from './shop/catalog.js'
export { evaluateRecommender, type EvaluateRecommenderOptions } from './model/evaluate-recommender.js'
export { idsIn } from './shop/ids-in.js'
export type { Interactions, ValueKind } from './shop/interactions.js'
export { lastItem } from './learners/last-item.js'
export { loadRecommender } from './model/load-recommender.js'
export type { RankingFigures, RankingReport } from './evaluate/evaluate-ranking.js'
export { readShop, type ReadShopOptions, type Shop } from './shop/read-shop.js'
export type { RecommendAnswer, RecommendQuery } from './model/recommend-query.js'
export { recommenderLearners } from './learners/recommender-learners.js'
export { recommenderMethods } from './methods/recommender-methods.js'
export {
  type Reason,
  type RecommendedItem,
  RecommenderModel,
  type GroupOptions,
  type RecommendOptions,
} from './model/recommender-model.js'
export type { RecommenderMethod, RecommenderMethodName } from './contract/recommender-method.js'
export type * from './model/recommender-parts.js'
export { boosted, type ListLine, type Quota, withQuotas } from './model/shape-list.js'
export { recommendTask } from './task.js'
export type { ShopData, ShopView } from './methods/shop-data.js'
export type { ColumnNames, ColumnRole } from './shop/shop-columns.js'
export type { UpdateOptions } from './model/update-recommender.js'
export { trainRecommender, type TrainRecommenderOptions } from './learners/train-recommender.js'
