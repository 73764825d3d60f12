/** All that one needs to classify texts. `./kit` has the parts for those who build on it. */
export { chatData, type ChatData } from './chat/chat-data.js'
export type { Chatbot, ChatQuery, ChatSettings, ReplyFigures, ReplyOptions } from './chat/chatbot-model.js'
export { chatbot, type ChatbotOptions } from './chat/chatbot.js'
export { readChatData, type ReadChatDataOptions } from './chat/read-chat-data.js'
export type { ChatContext, Reply } from './chat/reply.js'
export type { Script, ScriptInput, Slot, Wording } from './chat/script.js'
export { chatTask } from './chat-task.js'
export { loadChatbot } from './load-chatbot.js'
export { distill } from './backbone/distill-texts.js'
export { textLearners } from './backbone/text-learners.js'
export { transformersBackbone, type TransformersBackboneOptions } from './backbone/transformers-backbone.js'
export {
  universalSentenceEncoder,
  type UniversalSentenceEncoderOptions,
} from './backbone/universal-sentence-encoder.js'
export { zeroShot } from './backbone/zero-shot.js'
export { readTextDataset, type ReadTextDatasetOptions } from './data/read-text-dataset.js'
export { classNames } from './knowledge/class-names.js'
export { earlyLayer, type EarlyLayerOptions } from './knowledge/early-layer.js'
export { polarity, type PolarityLanguage } from './knowledge/polarity.js'
export { textKnowledge } from './knowledge/text-knowledge.js'
export { words, type WordsOptions } from './knowledge/words.js'
export { loadModel } from './load-model.js'
export type { LongTexts } from './preprocessing/tokenized-text.js'
export { textTask } from './task.js'
export {
  checkData,
  compare,
  dataset,
  drawsPerClass,
  exportModel,
  fineTune,
  HeadstartError,
  withKnowledge,
} from '@headstart/core'
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
