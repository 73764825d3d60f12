import { fileURLToPath } from 'node:url'
import { type ChatData, readChatData } from '@headstart/nlp'

/** The path of a file of the bicycle shop's data. */
export function shopFile(name: string): string {
  return fileURLToPath(new URL(`../data/${name}`, import.meta.url))
}

/** What people write to the shop: `train`, or `test` to be measured on. */
export function shop(part: 'train' | 'test'): Promise<ChatData> {
  return readChatData(shopFile(`${part}.csv`))
}
