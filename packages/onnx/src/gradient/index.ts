export { differentiate, type DifferentiateOptions, type TrainingGraph } from './differentiate.js'
export {
  infoNce,
  type InfoNceOptions,
  type LossGraph,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type SoftmaxCrossEntropyOptions,
} from './losses.js'
export { whyNotDifferentiable } from './why-not-differentiable.js'
