export {
  clipFiles,
  mobileNetFiles,
  publish,
  type PublishedFiles,
  quantizedVitFiles,
  vitFiles,
} from './published-image-encoder.js'
