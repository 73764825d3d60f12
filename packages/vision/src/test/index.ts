export {
  clipFiles,
  mobileNetFiles,
  publish,
  type PublishedFiles,
  quantizedVitFiles,
  vitFiles,
} from './published-image-encoder.js'
export { teachableMachineFiles, type TeachableMachineProject } from './teachable-machine-files.js'
