/** Parts for those who read, cut, extend and differentiate graphs themselves. */
export {
  ClosedError,
  DeviceError,
  DivergedError,
  FeedError,
  FileOutsideError,
  GradientError,
  GraphEditError,
  InvalidGraphError,
  ModelTooLargeError,
  NotDifferentiableError,
  OnnxFormatError,
  SessionError,
  SessionOptionError,
  TensorError,
  TrainingGraphError,
  TrainingOptionError,
  TrainingStateError,
} from './errors.js'
export { modelSizeLimit } from './files/model-size-limit.js'
export {
  infoNce,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  upgradeOpset,
  whyNotDifferentiable,
} from './gradient/index.js'
export { type AttributeInput, float, type OpOptions } from './graph/builder.js'
export { connect } from './graph/connect.js'
export { decodeModel } from './graph/decode.js'
export { encodeModel } from './graph/encode.js'
export { valuesRead } from './graph/graph.js'
export { definedValues, rename } from './graph/rename.js'
export { cut, extract } from './graph/subgraph.js'
export { takeBranches } from './graph/take-branches.js'
export { concatRows, sizeOf, sliceRows, zeros } from './graph/tensor.js'
export { validate } from './graph/validate.js'
export { dequantize } from './precision/dequantize.js'
export { dequantizeTensor, type Quantization } from './precision/dequantize-tensor.js'
export { toFloat32, withFloat32Interface } from './precision/to-float32.js'
export { precisionOf, toFullPrecision } from './precision/to-full-precision.js'
export { defaultRuntime } from './runtime/default-runtime.js'
export { withInferredShapes } from './runtime/with-inferred-shapes.js'
export { findStages } from './stages/find-stages.js'
export { withStages } from './stages/with-stages.js'
export {
  adamW,
  constant,
  findLearningRate,
  isTrainable,
  lowRank,
  oneCycle,
  sgd,
  TrainingPool,
  warmUpCosine,
  weightRoles,
} from './training/index.js'
