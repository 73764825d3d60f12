import type { Sample } from '@headstart/core'
import { readAssets } from '@headstart/core/kit'
import type { ChatQuery } from './chatbot-model.js'

const files = {
  'train.csv': () => new URL('../sample/library/train.csv', import.meta.url),
  'test.csv': () => new URL('../sample/library/test.csv', import.meta.url),
  'answers.csv': () => new URL('../sample/library/answers.csv', import.meta.url),
  'chat.json': () => new URL('../sample/library/chat.json', import.meta.url),
  NOTICE: () => new URL('../sample/library/NOTICE', import.meta.url),
}

/** The desk of a library. */
export const library: Sample<ChatQuery> = {
  name: 'library',
  description:
    'What people ask at the desk of a library, six intents, and what is said to them. Written for Headstart (Apache-2.0).',
  files: () => readAssets('@headstart/nlp', 'sample/library', files),
  train: 'train.csv',
  test: 'test.csv',
  query: 'I have not finished my novel yet.',
  comparing: { shots: [8], seeds: 3, methods: ['no-transfer', 'untrained', 'frozen'] },
}
