export { adamW, type AdamWOptions } from './adam-w.js'
export { findLearningRate, type LearningRateCurve, type LearningRateSearch } from './find-learning-rate.js'
export { type LowRankGraph, type LowRankOptions, lowRank } from './low-rank.js'
export type { Optimizer, OptimizerFactory, Parameter } from './optimizer.js'
export {
  constant,
  oneCycle,
  type OneCycleOptions,
  type Schedule,
  warmUpCosine,
  type WarmUpCosineOptions,
} from './schedule.js'
export { sgd, type SgdOptions } from './sgd.js'
export { type ParameterGroup, type StepResult, Trainer, type TrainerOptions } from './trainer.js'
export { TrainingPool } from './training-pool.js'
export { isTrainable, weightRoles } from './weight-roles.js'
