/** Parts for those who build a domain, a head or a protocol. */
export {
  backboneLearner,
  type BackboneLearnerParts,
  type ExampleLearner,
  frozenLearners,
  namesLearner,
  transferLearners,
} from './compare/backbone-learner.js'
export { type LearningCurve, learningCurve, type LearningCurveOptions } from './compare/learning-curve.js'
export { effectOf, type PairedDifference, pairedDifference } from './evaluate/paired.js'
export { nearestOthers, type Nearest } from './check/nearest.js'
export { isTunable } from './contract/backbone.js'
export { CheckpointError, DataError, FileError, ModelFolderError, OptionError } from './contract/errors.js'
export type {
  ColumnKnowledge,
  ExampleKnowledge,
  Known,
  Knowing,
  Knowledge,
  KnowledgeLoader,
  KnowledgePart,
  WeightedPart,
} from './contract/knowledge.js'
export { isKnown, networkOf } from './contract/knowledge.js'
export { rowOf, takeRows, zeroMatrix } from './contract/matrix.js'
export { toPredictions } from './contract/prediction.js'
export { expectationOf, step } from './contract/step.js'
export { assertBackbone, assertDataset } from './data/assert-arguments.js'
export {
  assertConsistent,
  checkDataset,
  type DatasetCheck,
  describeCheck,
  inspectDataset,
} from './data/dataset-check.js'
export { describeUnreadable, ifReadable } from './data/if-readable.js'
export { countTrainedOn, describeTrainedOn, inputKeys, markTrainedOn, type TrainedOn } from './trust/trained-on.js'
export {
  checkFile,
  type Columns,
  examplesFit,
  formatOf,
  type InputColumn,
  isTable,
  type LabelOf,
  parquetRows,
  readExamples,
  type ReadExamplesOptions,
  readInputs,
  type ReadInputsOptions,
  readRows,
  type Row,
  type RowFormat,
  tableColumns,
  textOf,
  type TextOfOptions,
} from './data/table/index.js'
export {
  averagePrecision,
  chooseThreshold,
  type DetectionFigures,
  type DetectionReport,
  type Detections,
  reportDetection,
} from './evaluate/detection.js'
export { separation, type Separation } from './evaluate/separation.js'
export { formatReport } from './evaluate/format-report.js'
export { bootstrapIntervals, type BootstrapOptions, type Figures } from './evaluate/interval.js'
export {
  absoluteErrors,
  accuracy,
  binaryLogLosses,
  type ClassScore,
  classScores,
  type ClassTally,
  confusionMatrix,
  likelyLabels,
  logLosses,
  macroF1,
  mean,
  microF1,
  type Results,
  rSquared,
  squaredErrors,
  subsetAccuracy,
  tallyClasses,
  tallyLabels,
  topClasses,
  type Weights,
} from './evaluate/metrics.js'
export { defaultCacheDirectory } from './features/cache-directory.js'
export { cacheKey } from './features/cache-key.js'
export { computeFeatures } from './features/cached-features.js'
export { describeNetwork, type NetworkDescription } from './features/describe-network.js'
export { type Embedder, embedInBatches } from './features/embed-in-batches.js'
export { freshWeights } from './features/fresh-weights.js'
export { knownBackbone } from './features/known-backbone.js'
export { networkBackbone, type NetworkBackboneParts } from './features/network-backbone.js'
export { sharedBackbones } from './features/shared-backbones.js'
export { type Batch, lengthSteps, stepFor } from './fine-tune/batches.js'
export { Checkpoint, type CheckpointOptions, type TrainingIdentity } from './fine-tune/checkpoint.js'
export {
  type Assessment,
  type BatchFeeds,
  divergedNotice,
  type Loop,
  type LoopOutcome,
  runLoop,
} from './fine-tune/run-loop.js'
export { assertDistillable, distill, type DistillOptions } from './fine-tune/distill.js'
export { fitHead, type FitHeadOptions, type FittedHead, type Trial } from './head/fit-head.js'
export type { HeadExamples, HeadMethod, LearnedHead, LearnHeadOptions } from './head/head-method.js'
export type { HeadName } from './head/head-method-names.js'
export { headMethod, headMethods } from './head/head-methods.js'
export { type Head, headNames, linearHead } from './head/head.js'
export { prepareToWrite, writeFileAtomically, writeFolderAtomically } from './kit/atomic-write.js'
export { type LockOptions, withLock } from './kit/lock.js'
export { errorCode, toFileError } from './kit/file-error.js'
export { modelFiles } from './kit/model-files.js'
export { Html, html, pageOf } from './kit/html.js'
export { packageError } from './kit/package-error.js'
export { parseJsonText } from './kit/parse-json.js'
export { type Random, random } from './kit/random.js'
export { readAsset, readAssets } from './kit/read-asset.js'
export { mostOfText, readRegularFile } from './kit/read-file.js'
export { readingGuard } from './kit/reading-guard.js'
export { requireUsualTokenizer } from './kit/require-usual-tokenizer.js'
export { explanationsPage, shownExplanation } from './explain/shown-explanation.js'
export { shown } from './kit/shown.js'
export { textTable } from './kit/text-table.js'
export { likelyKinds } from './data/likely-kinds.js'
export { are, counted } from './kit/counted.js'
export { trainingProgress } from './kit/training-progress.js'
export { version } from './kit/version.js'
export { withinTime } from './kit/within-time.js'
export { type Answer, answerSchema, sayAnswer, scoreOfAnswer } from './model/answers.js'
export { exportFormatOf } from './model/export-model.js'
export { describeModel, type ModelDescription } from './model/load-model.js'
export { damaged, type FolderFormat, manifestName, newer } from './model/manifest.js'
export { knowledgeLoader } from './model/knowledge-loader.js'
export { manifestOf, readModelFolder } from './model/model-folder.js'
export { modelLoader } from './model/model-loader.js'
export { prepareModelFolder, writeModelFolder } from './model/write-model-folder.js'
export type { ModelParts } from './model/model-parts.js'
export { zeroShotModel } from './model/zero-shot-model.js'
export { examplesTask, type ExamplesTaskParts } from './task/examples-task.js'
export { queriesIn } from './task/queries-in.js'
export { report, summarize } from './evaluate/report.js'
export { type SolvedHead, solveHead } from './fine-tune/train-head.js'
export { stagesIn } from './features/stages-in.js'
export { ContentIds, labelsFingerprint } from './bench/content-id.js'
export { freeName, type ExampleBenchParts } from './bench/example-bench.js'
export type { ExampleFiles, Frozen } from './bench/example-files.js'
export { classesOf, joinedLabels, labelProblem, labelWanted, writtenLabel } from './bench/label-problem.js'
export { type BroughtFile, laidOut, type LaidOut } from './bench/laid-out.js'
export { type FileRow, RowFile } from './bench/row-file.js'
export { createTables, findTables, type TableParts, tableFiles, tablesFit, tablesKinds } from './bench/table-files.js'
export { wilsonInterval } from './evaluate/interval.js'
export { makeFolder } from './kit/make-folder.js'
export { type CurvePoint, type PowerLaw, scoreAt } from './evaluate/power-law.js'
