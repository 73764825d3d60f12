export { differentiate, type DifferentiateOptions, type TrainingGraph } from './differentiate.js'
