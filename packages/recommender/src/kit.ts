/** The parts, for those who build on them: histories, scorers, methods, the network over their features, and figures. */
export { als, type AlsOptions } from './scorers/als.js'
export { baselineMethods, sessionMethods, type TextWindow, textWindows } from './methods/baseline-methods.js'
export { backboneFrom, type BehaviorBackbone, behaviorBackbone } from './network/behavior-backbone.js'
export { fineTunedMethod, frozenMethod, type SeenFeatures, untrainedMethod } from './methods/behavior-methods.js'
export { behaviorNetwork } from './network/behavior-network.js'
export { behaviorRecommender } from './network/behavior-recommender.js'
export { bestOf } from './learners/best-of.js'
export { blend, type Share } from './scorers/blend.js'
export { CalibratedFeatures, targetRanks } from './network/calibrated-features.js'
export { chooseSettings, type Grid } from './methods/choose-settings.js'
export { describeSettings } from './model/describe-training.js'
export { diversify } from './model/diversify.js'
export { ease, type EaseOptions } from './scorers/ease.js'
export { easeAndNeighbors } from './scorers/ease-and-neighbors.js'
export { evaluateRanking, type EvaluateRankingOptions } from './evaluate/evaluate-ranking.js'
export { fitItemFeatures, type ItemFeaturesOptions } from './network/fit-item-features.js'
export { ItemFeatures, type HistoryFeatures } from './network/item-features.js'
export { ItemFeaturesInTime } from './network/item-features-in-time.js'
export { type Carrier, explain } from './model/explain.js'
export { fineTuneRanker, type FineTuneRankerOptions, type TunedRanker } from './network/fine-tune-ranker.js'
export { Histories, type History, positives, type PositivesOptions } from './shop/histories.js'
export { defaultThreshold } from './shop/interactions.js'
export { categoryAffinity, type ItemFactsOptions, priceFit } from './scorers/item-facts.js'
export { itemKnn, type ItemKnnOptions } from './scorers/item-knn.js'
export { withIndex } from './scorers/item-index.js'
export { itemAge, recency } from './scorers/item-times.js'
export { ItemVectors } from './contract/item-vectors.js'
export { popularity, type PopularityOptions } from './scorers/popularity.js'
export { pretrain, type PretrainingFamily, type PretrainOptions } from './network/pretrain.js'
export { pretrainingExamples } from './network/pretraining-examples.js'
export { type RankLift, rankLift } from './network/rank-lift.js'
export {
  latestExamples,
  rankingExamples,
  type RankingExamples,
  type RankingExamplesOptions,
} from './network/ranking-examples.js'
export { meanNdcg, rankCases, type RankOptions, type Ranks } from './evaluate/rank-cases.js'
export { historyFromIds, recommend, type Recommender } from './contract/recommend.js'
export type { ListOptions, Recommendation } from './contract/recommendation.js'
export type { Choice, Material, Validation } from './contract/recommender-method.js'
export type { ChangedUser, Growth } from './contract/growth.js'
export { recommenderOf, scorerOf } from './model/load-scorer.js'
export { repeats, type RepeatsOptions } from './scorers/repeats.js'
export { scratchMethod } from './methods/sequence-method.js'
export type { Scorer } from './contract/scorer.js'
export type { NumberArray, ScorerState } from './contract/scorer-state.js'
export {
  freshSequenceWeights,
  sequenceGraph,
  sequenceLength,
  sequenceNames,
  type SequenceWeights,
  trainedWeights,
} from './network/sequence-network.js'
export { inputsOf, sequenceRecommender, type SequenceRecommender } from './network/sequence-recommender.js'
export { trainSequence, type TrainSequenceOptions } from './network/train-sequence.js'
export { sessionKnn, type SessionKnnOptions } from './scorers/session-knn.js'
export { sessionLearners } from './learners/recommender-learners.js'
export { shopLearner, type ShopLearner } from './learners/shop-learner.js'
export type { SparseRows } from './math/sparse-rows.js'
export { invertSpd, type InvertOptions } from './math/spd-inverse.js'
export { type Case, leaveOneOut, type Split, timeSplit } from './shop/split-histories.js'
export { textSimilarity, type TextSimilarityOptions, unitRows } from './scorers/text-similarity.js'
export { tfIdf } from './math/tf-idf.js'
export { largest } from './math/top-k.js'
export { withRepeats } from './methods/with-repeats.js'
export { transitions, type TransitionsOptions } from './scorers/transitions.js'
