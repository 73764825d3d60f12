export * from './backbone.js'
export { clearCache, defaultCacheDirectory } from './cache-directory.js'
export { type CacheOption, computeFeatures } from './cached-features.js'
export { compare, type CompareOptions, type Comparison, type ComparisonRow, type Method, type Spread } from './compare.js'
export {
  averagePrecision,
  chooseThreshold,
  type DetectionFigures,
  type DetectionReport,
  type Detections,
  reportDetection,
} from './detection.js'
export { Dataset, dataset, type DatasetOptions } from './dataset.js'
export { assertConsistent, checkDataset, type DatasetCheck, describeCheck } from './dataset-check.js'
export { embedInBatches, type Embedder } from './embed-in-batches.js'
export * from './errors.js'
export { FeatureCache, type FeatureCacheOptions } from './feature-cache.js'
export { toFileError } from './file-error.js'
export { fineTune, type FineTuneOptions } from './fine-tune.js'
export { formatComparison } from './format-comparison.js'
export { formatReport } from './format-report.js'
export { type Head, headNames, linearHead } from './head.js'
export { describeUnreadable, ifReadable } from './if-readable.js'
export * from './matrix.js'
export { type EvaluateOptions, Model, type ModelParts, type PredictOptions, type Recipe } from './model.js'
export { describeModel, loadModel, type ModelDescription, type PreprocessingLoader } from './load-model.js'
export { networkBackbone, type NetworkBackboneParts } from './network-backbone.js'
export * from './prediction.js'
export * from './progress.js'
export { type Random, random } from './random.js'
export type * from './report.js'
export type { SaveOptions } from './save-model.js'
export * from './target.js'
export { textTable } from './text-table.js'
export { writeFileAside } from './write-aside.js'
