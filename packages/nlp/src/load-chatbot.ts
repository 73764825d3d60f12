import type { LoadOptions, ModelFiles } from '@headstart/core'
import { modelFiles } from '@headstart/core/kit'
import { chatLoader } from './chat/chat-loader.js'
import type { Chatbot } from './chat/chatbot-model.js'

/**
 * Reads a saved bot, from its folder or whatever else holds its files.
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or of another kind.
 */
export function loadChatbot(place: string | ModelFiles, options?: LoadOptions): Promise<Chatbot> {
  return chatLoader.load(modelFiles(place), options)
}
