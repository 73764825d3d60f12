import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chatbot, chatTask, loadChatbot, readChatData, transformersBackbone } from '@headstart/nlp'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { mutated } from './mutate.js'
import { model } from './read-models.js'
import { encoded, type Reader } from './reader.js'

const texts = encoded(
  ['text,label', ...Array.from({ length: 20 }, (_, row) => `"food ${row}",${row % 2 ? 'good' : 'bad'}`), ''].join('\n'),
)
const answers = encoded('label,answer\ngood,"Fine, {dish}."\ngood,Good.\nbad,Sorry.\n')
const script = {
  slots: {
    good: {
      dish: { kind: 'values', values: { soup: ['broth'], bread: [] }, ask: 'Which dish?' },
      table: { kind: 'pattern', pattern: '\\b[A-Z]-?\\d+\\b' },
      day: { kind: 'date', language: 'en' },
    },
  },
  wording: { unknown: 'What?', which: 'Which: {intents}?' },
}
const scriptJson = encoded(JSON.stringify(script, null, 1))

/** A bot that was saved. */
export async function savedBot(folder: string): Promise<string> {
  await writeFile(join(folder, 'data.csv'), texts)
  await writeFile(join(folder, 'answers.csv'), answers)
  await writeFile(join(folder, 'chat.json'), scriptJson)
  await writeFiles(folder, bertFiles())
  const data = await readChatData(join(folder, 'data.csv'))
  const bot = await chatbot(await transformersBackbone(folder), data, { cache: false, unknown: 0.01 })
  const place = join(folder, 'bot')
  await bot.save(place)
  await bot.close()
  return place
}

/** What a bot learns from, what it says, and what it is told. */
export const botReaders: readonly Reader[] = [
  ...(['answers.csv', 'chat.json'] as const).map((name): Reader => ({
    name: `${name} of a bot`,
    async begin(folder) {
      await writeFile(join(folder, 'data.csv'), texts)
      return async (chance) => {
        await writeFile(join(folder, name), mutated(name === 'chat.json' ? scriptJson : answers, chance))
        return readChatData(join(folder, 'data.csv'))
      }
    },
  })),
  model('model of a bot', savedBot, async (files) => {
    const bot = await loadChatbot(files)
    const { context } = await bot.reply('The food was good at table A-12 tomorrow.')
    await bot.reply('broth', { context })
    await bot.close()
  }),
  {
    name: 'question to a bot',
    async begin(folder) {
      const bot = await loadChatbot(await savedBot(folder))
      const question = {
        text: 'on friday',
        context: {
          waits: { intent: 'good', confidence: 0.9, slot: 'dish', tries: 0 },
          slots: { dish: 'soup', table: 'A-1' },
          answered: { bad: 2 },
        },
        now: '2026-12-01T10:00:00',
      }
      const bytes = encoded(JSON.stringify(question))
      return async (chance) => {
        const query = chatTask.query.safeParse(jsonOr(Buffer.from(mutated(bytes, chance)).toString()))
        if (query.success) await bot.ask([query.data])
      }
    },
  },
]

/** What a text says as JSON, or the text. */
export function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
