import { damaged, type Loader, manifestName, type Model, readModelFolder } from '@headstart/core/load'
import { textLoader } from '../text-loader.js'
import { chatFormat, intentsFolder } from './chat-format.js'
import { Chatbot } from './chatbot-model.js'

/** Loads saved bots, wherever they lie. */
export const chatLoader: Loader<Chatbot> = {
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
    const model = await textLoader.load(intents, options)
    return new Chatbot({ model: model as Model<string>, script: manifest.script, settings: manifest.settings })
  },
}
