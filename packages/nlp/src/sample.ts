import type { Sample } from '@headstart/core'
import { readAssets } from '@headstart/core/kit'

const files = {
  'train.csv': () => new URL('../sample/train.csv', import.meta.url),
  'test.csv': () => new URL('../sample/test.csv', import.meta.url),
  NOTICE: () => new URL('../sample/NOTICE', import.meta.url),
}

/** Messages of three kinds, hardly two of which use the same words for the same thing. */
export const messages: Sample<string> = {
  name: 'messages',
  description:
    'Short messages to a shop, each about a delivery, a payment or a product. Written for Headstart (Apache-2.0).',
  files: () => readAssets('@headstart/nlp', 'sample', files),
  train: 'train.csv',
  test: 'test.csv',
  query: 'The van drove right past our house.',
  comparing: { shots: [16], methods: ['no-transfer', 'untrained', 'frozen'] },
}
