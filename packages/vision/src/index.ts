/** All that one needs to classify pictures. `./kit` has the parts for those who build on it. */
export { imageLearners } from './backbone/image-learners.js'
export type { BuiltInOptions } from './backbone/built-in.js'
export { joinedMobileNets } from './backbone/joined-mobile-nets.js'
export { mobileNetV2, type MobileNetV2Options } from './backbone/mobilenet-v2.js'
export {
  type PublishedBackbone,
  transformersBackbone,
  type TransformersBackboneOptions,
} from './backbone/transformers-backbone.js'
export { type TeachableMachine, teachableMachine, type TeachableMachineOptions } from './backbone/teachable-machine.js'
export { zeroShot } from './backbone/zero-shot.js'
export { augmented, type AugmentedOptions } from './data/augmented.js'
export { readImageDataset, type ReadImageDatasetOptions } from './data/read-image-dataset.js'
export { loadModel } from './load-model.js'
export type {
  AugmentedImage,
  ImageInput,
  ImageSource,
  OpenImageOptions,
  PixelData,
} from './preprocessing/image-input.js'
export { imageTask } from './task.js'
export { checkData, compare, dataset, drawsPerClass, exportModel, fineTune, HeadstartError } from '@headstart/core'
export type {
  Backbone,
  Comparison,
  DataCheck,
  Dataset,
  DrawsPerClassOptions,
  FineTuneOptions,
  Model,
  ModelFiles,
  Prediction,
  Report,
  Shown,
  Target,
  TrainEvent,
  TunableBackbone,
  TuningOptions,
} from '@headstart/core'
