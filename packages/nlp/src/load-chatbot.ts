import type { LoadOptions, ModelFiles } from '@headstart/core'
import { modelFiles } from '@headstart/core/kit'
import { chatLoaderOf } from './chat/chat-loader.js'
import type { Chatbot } from './chat/chatbot-model.js'
import { loadModel } from './load-model.js'

/** Loads bots that can be taught more. */
export const teachableChats = chatLoaderOf(loadModel<string>)

/**
 * Reads a saved bot, from its folder or whatever else holds its files.
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or of another kind.
 */
export function loadChatbot(place: string | ModelFiles, options?: LoadOptions): Promise<Chatbot> {
  return teachableChats.load(modelFiles(place), options)
}
