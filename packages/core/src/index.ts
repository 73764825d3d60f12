/** What a user of any domain needs: data, training, comparison, a model. `./kit` has the parts for those who build on it. */
export { checkData, type CheckDataOptions } from './check/check-data.js'
export type { DataCheck } from './check/data-check.js'
export type { Issue, IssueKind } from './check/issue.js'
export { compare } from './compare/compare.js'
export { drawsPerClass, type DrawsPerClassOptions } from './compare/draws-per-class.js'
export type {
  Bench,
  BenchExample,
  BenchMaker,
  BenchMethod,
  BenchNetwork,
  BenchSnapshot,
  BenchSplit,
  Brought,
  BroughtIn,
  LabelKind,
  Move,
  Place,
  Replies,
  ShownAs,
} from './contract/bench.js'
export type {
  Backbone,
  ContentKey,
  Devices,
  EmbedOptions,
  JsonObject,
  JsonValue,
  Modality,
  Network,
  OnUnreadable,
  Preprocessing,
  Stage,
  TunableBackbone,
} from './contract/backbone.js'
export { type Fault, HeadstartError, InputError } from './contract/errors.js'
export type { Fills, Gaps } from './contract/fills.js'
export type { NodesBefore, OnnxInput, TransformersInput } from './contract/exported-input.js'
export type {
  Addition,
  Comparable,
  Comparison,
  ComparisonRow,
  Difference,
  Learner,
  Plan,
  Protocol,
  Round,
  Spread,
  Tests,
} from './contract/learner.js'
export type { ExampleOf, Explanation, Faithfulness, ShownExplanation, WeightedPart } from './contract/explanation.js'
export type { InputChecks, Pair } from './contract/input-checks.js'
export type {
  ColumnKnowledge,
  ExampleKnowledge,
  Knowledge,
  KnowledgePart,
  NetworkKnowledge,
} from './contract/knowledge.js'
export type { Box, Dissected, Grid, InputPart, PartsOfTokens } from './contract/input-parts.js'
export type { ExplainOptions } from './explain/explain-answer.js'
export type { Matrix } from './contract/matrix.js'
export type { ModelFiles } from './contract/model-files.js'
export type {
  ClassPrediction,
  Judged,
  Known,
  LabelsPrediction,
  Prediction,
  ValuePrediction,
} from './contract/prediction.js'
export type { EpochEvent, Progress, RunOptions, StepEvent, TrainEvent, TuningPlace } from './contract/progress.js'
export { type Run, startRun } from './contract/run.js'
export type { Sample } from './contract/sample.js'
export type { Step } from './contract/step.js'
export type { Store, StoredFeatures } from './contract/store.js'
export type { Example, Kind, KindOf, Target } from './contract/target.js'
export type {
  AnyTask,
  Asked,
  Checked,
  ListedNetwork,
  Loader,
  LoadOptions,
  Networks,
  Queries,
  SharedBackbones,
  Task,
} from './contract/task.js'
export type {
  Documented,
  ExplainAlso,
  ExportFormat,
  Measured,
  Packed,
  SaveOptions,
  Scored,
  Shown,
  Trained,
} from './contract/trained.js'
export { dataset, Dataset, type DatasetOptions } from './data/dataset.js'
export type { Interval } from './evaluate/interval.js'
export type {
  ClassificationFigures,
  ClassificationReport,
  IntervalsOf,
  LabeledScore,
  MultiLabelFigures,
  MultiLabelReport,
  RegressionFigures,
  RegressionReport,
  Report,
  ReportOf,
  TrainingSummary,
} from './evaluate/report.js'
export { clearCache } from './features/cache-directory.js'
export type { CacheOption } from './features/cached-features.js'
export { FeatureCache, type FeatureCacheOptions } from './features/feature-cache.js'
export { withKnowledge } from './features/with-knowledge.js'
export type { ResumeOptions } from './fine-tune/checkpoint.js'
export type {
  FineTuneOptions,
  HeadOptions,
  LoraOptions,
  TuningOptions,
  Unlabelled,
} from './fine-tune/fine-tune-options.js'
export { fineTune } from './fine-tune/fine-tune.js'
export { type Exportable, type ExportedFiles, exportModel } from './model/export-model.js'
export { loadModel } from './model/load-model.js'
export type { PreprocessingLoader } from './model/model-from.js'
export type { Unknown } from './trust/refusal.js'
export type { Evaluation, EvaluationFigures, OutOfScope } from './model/evaluation.js'
export type { ExtendOptions } from './model/extend-options.js'
export type { KeptExample, KeptExamples } from './model/kept-examples.js'
export { Model } from './model/model.js'
export type { EvaluateOptions, PredictOptions } from './model/model-options.js'
export type { Recipe } from './model/recipe.js'
export type { ZeroShotOptions } from './model/zero-shot-model.js'
