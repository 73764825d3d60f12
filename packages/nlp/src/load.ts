/** What loads a saved text model or bot and has it answer, without anything of Node: browsers take it as well. */
export { chatLoader } from './chat/chat-loader.js'
export type { Chatbot } from './chat/chatbot-model.js'
export { textLoader } from './text-loader.js'
