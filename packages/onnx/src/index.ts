/** ONNX graphs: read, run, differentiated, trained. `./kit` has the parts that a package which edits graphs needs. */
export { type Fault, HeadstartError, type HeadstartErrorOptions } from './errors.js'
export type { Files } from './files/files.js'
export {
  differentiate,
  type DifferentiateOptions,
  type InfoNceOptions,
  type LossGraph,
  type SoftmaxCrossEntropyOptions,
  type SupervisedLossGraph,
  type TrainingGraph,
} from './gradient/index.js'
export { GraphBuilder, type Value } from './graph/builder.js'
export type { ElementArray, ElementType, NumericType } from './graph/element-type.js'
export { readOnnx, type ReadOnnxOptions, writeOnnx } from './graph/file.js'
export { type Attribute, type Dimension, Graph, type GraphParts, type Node, type ValueInfo } from './graph/graph.js'
export type { CutGraph, CutOptions } from './graph/subgraph.js'
export { float32, int64, tensor, type Tensor, type Tensors } from './graph/tensor.js'
export type { WeightRole } from './operators/facts.js'
export type { Dequantized } from './precision/dequantize.js'
export type { FullPrecision, Precision } from './precision/to-full-precision.js'
export { setRuntime } from './runtime/default-runtime.js'
export { type Onnxruntime, onnxruntime } from './runtime/onnxruntime.js'
export type { Device, LoadedGraph, LoadOptions, Runtime } from './runtime/runtime.js'
export { Session, type SessionOptions } from './runtime/session.js'
export type { FoundStage } from './stages/find-stages.js'
export type { StagedGraph } from './stages/with-stages.js'
export {
  type AdamWOptions,
  type LearningRateCurve,
  type LearningRateSearch,
  type LowRankGraph,
  type LowRankOptions,
  type OneCycleOptions,
  type Optimizer,
  type OptimizerFactory,
  type Parameter,
  type ParameterGroup,
  type Schedule,
  type SgdOptions,
  type StepResult,
  Trainer,
  type TrainerOptions,
  type WarmUpCosineOptions,
} from './training/index.js'
