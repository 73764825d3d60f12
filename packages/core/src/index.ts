export * from './contract/backbone.js'
export {
  Checkpoint,
  type CheckpointOptions,
  type ResumeOptions,
  type TrainingIdentity,
} from './fine-tune/checkpoint.js'
export { clearCache, defaultCacheDirectory } from './features/cache-directory.js'
export { type CacheOption, computeFeatures } from './features/cached-features.js'
export { compare } from './compare/compare.js'
export { drawsPerClass, type DrawsPerClassOptions } from './compare/draws-per-class.js'
export {
  backboneLearner,
  type BackboneLearnerParts,
  type ExampleLearner,
  namesLearner,
  transferLearners,
} from './compare/backbone-learner.js'
export { effectOf, pairedDifference, type PairedDifference } from './compare/paired.js'
export type * from './contract/learner.js'
export type { ModelFiles } from './contract/model-files.js'
export { type Run, startRun } from './contract/run.js'
export { expectationOf, step } from './contract/step.js'
export type { Store, StoredFeatures } from './contract/store.js'
export type * from './contract/task.js'
export type * from './contract/trained.js'
export { modelFiles } from './kit/model-files.js'
export { shown } from './kit/shown.js'
export { type Answer, answerSchema, sayAnswer, scoreOfAnswer } from './model/answers.js'
export {
  averagePrecision,
  chooseThreshold,
  type DetectionFigures,
  type DetectionReport,
  type Detections,
  reportDetection,
} from './evaluate/detection.js'
export { Dataset, dataset, type DatasetOptions } from './data/dataset.js'
export { assertConsistent, checkDataset, type DatasetCheck, describeCheck } from './data/dataset-check.js'
export { embedInBatches, type Embedder } from './features/embed-in-batches.js'
export * from './contract/errors.js'
export { FeatureCache, type FeatureCacheOptions } from './features/feature-cache.js'
export { toFileError } from './kit/file-error.js'
export { fineTune } from './fine-tune/fine-tune.js'
export type { FineTuneOptions, HeadOptions, LoraOptions, TuningOptions } from './fine-tune/fine-tune-options.js'
export { freshWeights } from './features/fresh-weights.js'
export { formatReport } from './evaluate/format-report.js'
export { type Head, headNames, linearHead } from './head/head.js'
export { describeUnreadable, ifReadable } from './data/if-readable.js'
export { type BootstrapOptions, bootstrapIntervals, type Figures, type Interval } from './evaluate/interval.js'
export * from './contract/matrix.js'
export { type EvaluateOptions, Model, type ModelParts, type PredictOptions } from './model/model.js'
export type { Recipe } from './model/recipe.js'
export type { HeadName } from './head/head-methods.js'
export {
  describeModel,
  loadModel,
  type LoadOptions,
  type ModelDescription,
  type PreprocessingLoader,
} from './model/load-model.js'
export { damaged, type FolderFormat, newer } from './model/manifest.js'
export { manifestOf, readModelFolder, type SaveOptions, writeModelFolder } from './model/model-folder.js'
export { describeNetwork, type NetworkDescription } from './features/describe-network.js'
export { networkBackbone, type NetworkBackboneParts } from './features/network-backbone.js'
export * from './contract/prediction.js'
export * from './contract/progress.js'
export { type Random, random } from './kit/random.js'
export type * from './evaluate/report.js'
export * from './contract/target.js'
export { readAsset } from './kit/read-asset.js'
export { textTable } from './kit/text-table.js'
export {
  type Assessment,
  type BatchFeeds,
  divergedNotice,
  type Loop,
  type LoopOutcome,
  runLoop,
} from './fine-tune/run-loop.js'
export { writeFileAtomically } from './kit/atomic-write.js'
export { zeroShotModel, type ZeroShotOptions } from './model/zero-shot-model.js'
export { examplesTask, type ExamplesTaskParts } from './task/examples-task.js'
