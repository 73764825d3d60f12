export { clipFiles, mobileNetFiles, publish, type PublishedFiles, quantisedVitFiles, vitFiles } from './published-image-encoder.js'
