import {
  damaged,
  type Loader,
  type LoadOptions,
  manifestName,
  type Model,
  type ModelFiles,
  readModelFolder,
} from '@headstart/core/load'
import { textLoader } from '../text-loader.js'
import { chatFormat, intentsFolder } from './chat-format.js'
import { Chatbot } from './chatbot-model.js'

/** Loads saved bots, wherever they lie. */
export const chatLoader = chatLoaderOf((files, options) => textLoader.load(files, options) as Promise<Model<string>>)

/** The same, with the classifiers of intents that `load` gives. */
export function chatLoaderOf(
  load: (files: ModelFiles, options?: LoadOptions) => Promise<Model<string>>,
): Loader<Chatbot> {
  return {
    opens: ({ format }) => format === chatFormat.name,
    async load(from, options) {
      const { manifest, files } = await readModelFolder(from, chatFormat)
      const inside = (name: string): string => `${intentsFolder}/${name}`
      if (!files.has(inside(manifestName)))
        throw damaged(from.name, `the file ${inside(manifestName)}`, 'a list of files without it')
      const intents = {
        name: inside(from.name === '' ? '.' : from.name),
        read: async (name: string) => files.get(inside(name)),
      }
      const model = await load(intents, options)
      return new Chatbot({ model, script: manifest.script, settings: manifest.settings })
    },
  }
}
