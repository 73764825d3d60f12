export { float, GraphBuilder, type AttributeInput, type OpOptions, type Value } from './builder.js'
export { connect } from './connect.js'
export { decodeModel } from './decode.js'
export type { ElementArray, ElementType, NumericType } from './element-type.js'
export { encodeModel } from './encode.js'
export * from './errors.js'
export { modelSizeLimit, readOnnx, type ReadOnnxOptions, writeOnnx } from './file.js'
export * from './gradient/index.js'
export {
  type Attribute,
  type Dimension,
  Graph,
  type GraphParts,
  type Node,
  type ValueInfo,
  valuesRead,
} from './graph.js'
export { dequantize, type Dequantized } from './precision/dequantize.js'
export { type FullPrecision, type Precision, precisionOf, toFullPrecision } from './precision/to-full-precision.js'
export { toFloat32, withFloat32Interface } from './precision/to-float32.js'
export { definedValues, rename } from './rename.js'
export { Session, type SessionOptions, type Tensors } from './session.js'
export { findStages, type FoundStage } from './stages/find-stages.js'
export { withInferredShapes } from './shapes-at-cut.js'
export { type StagedGraph, withStages } from './stages/with-stages.js'
export { cut, type CutGraph, type CutOptions, extract } from './subgraph.js'
export { concatRows, float32, int64, sizeOf, sliceRows, type Tensor, tensor, zeros } from './tensor.js'
export * from './training/index.js'
export { validate } from './validate.js'
