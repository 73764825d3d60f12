export { float, GraphBuilder, type AttributeInput, type OpOptions, type Value } from './graph/builder.js'
export { connect } from './graph/connect.js'
export { decodeModel } from './graph/decode.js'
export type { ElementArray, ElementType, NumericType } from './graph/element-type.js'
export { encodeModel } from './graph/encode.js'
export * from './errors.js'
export type { Files } from './files/files.js'
export { modelSizeLimit } from './files/model-size-limit.js'
export { readOnnx, type ReadOnnxOptions, writeOnnx } from './graph/file.js'
export * from './gradient/index.js'
export {
  type Attribute,
  type Dimension,
  Graph,
  type GraphParts,
  type Node,
  type ValueInfo,
  valuesRead,
} from './graph/graph.js'
export { dequantize, type Dequantized } from './precision/dequantize.js'
export { type FullPrecision, type Precision, precisionOf, toFullPrecision } from './precision/to-full-precision.js'
export { toFloat32, withFloat32Interface } from './precision/to-float32.js'
export type { WeightRole } from './operators/facts.js'
export { definedValues, rename } from './graph/rename.js'
export { onnxruntime, type Onnxruntime } from './runtime/onnxruntime.js'
export { defaultRuntime, setRuntime } from './runtime/default-runtime.js'
export type { Device, LoadedGraph, LoadOptions, Runtime } from './runtime/runtime.js'
export { Session, type SessionOptions } from './runtime/session.js'
export { findStages, type FoundStage } from './stages/find-stages.js'
export { withInferredShapes } from './runtime/with-inferred-shapes.js'
export { type StagedGraph, withStages } from './stages/with-stages.js'
export { cut, type CutGraph, type CutOptions, extract } from './graph/subgraph.js'
export {
  concatRows,
  float32,
  int64,
  sizeOf,
  sliceRows,
  type Tensor,
  tensor,
  type Tensors,
  zeros,
} from './graph/tensor.js'
export * from './training/index.js'
export { validate } from './graph/validate.js'
