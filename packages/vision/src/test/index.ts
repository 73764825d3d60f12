export { clipFiles, mobileNetFiles, publish, type PublishedFiles, vitFiles } from './published-image-encoder.js'
