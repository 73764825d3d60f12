export { differentiate, type DifferentiateOptions, type TrainingGraph } from './differentiate.js'
export {
  infoNce,
  type InfoNceOptions,
  type LossGraph,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type SoftmaxCrossEntropyOptions,
  type SupervisedLossGraph,
} from './losses.js'
export { upgradeOpset } from './upgrade-opset.js'
export { whyNotDifferentiable } from './why-not-differentiable.js'
