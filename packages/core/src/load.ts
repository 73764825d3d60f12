/** What loads a saved model and has it answer: no training, no reading of data, nothing of Node. Browsers take it as well. */
export type {
  ContentKey,
  Devices,
  JsonObject,
  JsonValue,
  Modality,
  Network,
  Preprocessing,
  TakenInputs,
  TunableBackbone,
} from './contract/backbone.js'
export type { ExampleOf, Explanation, Faithfulness, ShownExplanation, WeightedPart } from './contract/explanation.js'
export type { InputChecks, Pair } from './contract/input-checks.js'
export type { Box, Dissected, Grid, InputPart, PartsOfTokens } from './contract/input-parts.js'
export { DataError, FileError, HeadstartError, InputError, ModelFolderError, OptionError } from './contract/errors.js'
export type { KnowledgeLoader, KnowledgePart } from './contract/knowledge.js'
export { type Matrix, rowOf, zeroMatrix } from './contract/matrix.js'
export type { NodesBefore, OnnxInput, TransformersInput } from './contract/exported-input.js'
export type { ModelFiles } from './contract/model-files.js'
export type { Judged, Known, Prediction } from './contract/prediction.js'
export type { RunOptions } from './contract/progress.js'
export { type Run, startRun } from './contract/run.js'
export { expectationOf, step, type Step } from './contract/step.js'
export type { Target } from './contract/target.js'
export type { Loader, LoadOptions } from './contract/task.js'
export { ifReadable } from './data/if-readable.js'
export { are, counted } from './kit/counted.js'
export { parseJsonText } from './kit/parse-json.js'
export type {
  Documented,
  EvaluateAlso,
  ExplainAlso,
  ExportFormat,
  Measured,
  Packed,
  SaveOptions,
  Scored,
  Shown,
  Trained,
} from './contract/trained.js'
export { type Random, random } from './kit/random.js'
export { readingGuard } from './kit/reading-guard.js'
export { requireUsualTokenizer } from './kit/require-usual-tokenizer.js'
export { closestFirst } from './kit/closest-first.js'
export { sha256, sha256OfFile } from './kit/sha256.js'
export { shownExplanation } from './explain/shown-explanation.js'
export { documented } from './kit/documented.js'
export { shown } from './kit/shown.js'
export { textTable } from './kit/text-table.js'
export { version } from './kit/version.js'
export { withinTime } from './kit/within-time.js'
export { asking } from './model/asking.js'
export type { ExtendOptions } from './model/extend-options.js'
export { damaged, type FolderFormat, formatManifest, manifestName, newer } from './model/manifest.js'
export { knowledgeLoader } from './model/knowledge-loader.js'
export { manifestOf, readModelFolder } from './model/model-folder.js'
export type { PreprocessingLoader } from './model/model-from.js'
export { modelLoader } from './model/model-loader.js'
export type { Model } from './model/model.js'
export { saveModel } from './model/save-model.js'
