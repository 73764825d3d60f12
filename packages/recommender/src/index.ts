export * from '@headstart/core'
export { als, type AlsOptions } from './scorers/als.js'
export { baselineMethods, type TextWindow, textWindows } from './methods/baseline-methods.js'
export { backboneFrom, type BehaviorBackbone, behaviorBackbone } from './network/behavior-backbone.js'
export { fineTunedMethod, frozenMethod } from './methods/behavior-methods.js'
export { behaviorNetwork } from './network/behavior-network.js'
export { behaviorRecommender } from './network/behavior-recommender.js'
export { blend, type Share } from './scorers/blend.js'
export { CalibratedFeatures } from './network/calibrated-features.js'
export { Catalog, type Item } from './shop/catalog.js'
export { describeSettings, recommenderMethods, type ShopOptions } from './methods/choose-method.js'
export { type Grid, chooseSettings } from './methods/choose-settings.js'
export {
  compareRecommenders,
  formatRecommenderComparison,
  type RecommenderComparison,
  type RecommenderRow,
} from './model/compare-recommenders.js'
export { evaluateRecommender, type EvaluateRecommenderOptions } from './model/evaluate-recommender.js'
export { diversify } from './model/diversify.js'
export { ease, type EaseOptions } from './scorers/ease.js'
export { easeAndNeighbors } from './scorers/ease-and-neighbors.js'
export {
  evaluateRanking,
  type EvaluateRankingOptions,
  type RankingFigures,
  type RankingReport,
} from './evaluate/evaluate-ranking.js'
export { ItemFeatures, type ItemFeaturesOptions, type HistoryFeatures } from './network/item-features.js'
export { ItemFeaturesInTime } from './network/item-features-in-time.js'
export { type Carrier, explain } from './model/explain.js'
export { fineTuneRanker, type FineTuneRankerOptions, type TunedRanker } from './network/fine-tune-ranker.js'
export { Histories, type History, positives, type PositivesOptions } from './shop/histories.js'
export { defaultThreshold, type Interactions, type ValueKind } from './shop/interactions.js'
export { idsIn } from './shop/ids-in.js'
export { categoryAffinity, type ItemFactsOptions, priceFit } from './scorers/item-facts.js'
export { itemKnn, type ItemKnnOptions } from './scorers/item-knn.js'
export { withIndex } from './scorers/item-index.js'
export { itemAge, recency } from './scorers/item-times.js'
export { ItemVectors } from './contract/item-vectors.js'
export { loadRecommender } from './model/load-recommender.js'
export { popularity, type PopularityOptions } from './scorers/popularity.js'
export { pretrain, type PretrainingFamily, type PretrainOptions } from './network/pretrain.js'
export { pretrainingExamples } from './network/pretraining-examples.js'
export { type RankLift } from './network/rank-lift.js'
export {
  latestExamples,
  rankingExamples,
  type RankingExamples,
  type RankingExamplesOptions,
} from './network/ranking-examples.js'
export { meanNdcg, rankCases, type RankOptions, type Ranks } from './evaluate/rank-cases.js'
export { readShop, type ReadShopOptions, type Shop } from './shop/read-shop.js'
export {
  historyFromIds,
  type ListOptions,
  recommend,
  type Recommendation,
  type Recommender,
} from './contract/recommend.js'
export * from './contract/recommender-method.js'
export * from './model/recommender-model.js'
export { repeats, type RepeatsOptions } from './scorers/repeats.js'
export type { NumberArray, ScorerState } from './contract/scorer-state.js'
export type { Scorer } from './contract/scorer.js'
export { scratchMethod } from './methods/sequence-method.js'
export { type SequenceRecommender, trainSequence, type TrainSequenceOptions } from './network/sequence-recommender.js'
export type { ColumnNames, ColumnRole } from './shop/shop-columns.js'
export type { SparseRows } from './math/sparse-rows.js'
export { invertSpd, type InvertOptions } from './math/spd-inverse.js'
export { type Case, leaveOneOut, type Split, timeSplit } from './shop/split-histories.js'
export { textSimilarity, type TextSimilarityOptions, unitRows } from './scorers/text-similarity.js'
export { tfIdf } from './math/tf-idf.js'
export { largest } from './math/top-k.js'
export { trainRecommender } from './model/train-recommender.js'
export { withRepeats } from './methods/with-repeats.js'
export { transitions, type TransitionsOptions } from './scorers/transitions.js'
