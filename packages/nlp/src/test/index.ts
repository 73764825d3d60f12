export {
  asBytes,
  bertFiles,
  type EncoderSizes,
  type PublishedFiles,
  robertaFiles,
  sentenceTransformersFiles,
  writeFiles,
} from './published-encoder.js'
