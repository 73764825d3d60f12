import { join } from 'node:path'
import type { Dataset, Model, Target, Task } from '@headstart/core'
import {
  createTables,
  examplesTask,
  findTables,
  OptionError,
  step,
  tableFiles,
  type TableParts,
} from '@headstart/core/kit'
import { z } from 'zod'
import { headOfIntents, learnable } from './chat/chatbot.js'
import { chatAsking, Chatbot, type ChatQuery, chatQuery } from './chat/chatbot-model.js'
import { chatFit } from './chat/chat-fit.js'
import { chatFiles, readChatData } from './chat/read-chat-data.js'
import { addReplies, chatReplies } from './chat/replies.js'
import type { Reply } from './chat/reply.js'
import { library } from './chat/sample.js'
import { textIn } from './data/read-text-dataset.js'
import { teachableChats } from './load-chatbot.js'
import { textTaskParts } from './task.js'

/** A bot tells intents apart as any text classifier does. */
const intents = examplesTask({
  ...textTaskParts,
  training: headOfIntents,
  reading: textTaskParts.reading.extend({
    answers: z
      .string()
      .optional()
      .describe('file of the answers, with the columns label and answer (default: answers.csv beside DATA)'),
    script: z.string().optional().describe('JSON with slots and wording (default: chat.json beside DATA)'),
  }),
  read: (path, options, { onEvent, signal }) => {
    const onNotice = (message: string): void => onEvent?.({ type: 'notice', message })
    return readChatData(path, { ...options, signal, onNotice }) as Promise<Dataset<string, Target>>
  },
  bench: {
    brings: 'text',
    description: 'a bot: texts by what is meant, and what is said to that (answers.csv)',
    program: [
      "import { loadChatbot } from '@headstart/nlp'",
      "const bot = await loadChatbot('./model')",
      "console.log((await bot.reply('some text')).answer)",
    ],
    noTransfer: 'the words of the examples alone',
    converses: true,
    find: findTables,
    fit: chatFit,
    async create(folder, data) {
      const parts = tables(folder)
      await createTables(folder, parts, data)
      // Answers beside the texts of a table that stays as it is.
      if (data === 'data.csv') await parts.read?.(join(folder, data))
    },
    open: (folder) => tableFiles(folder, tables(folder)),
    replies: chatReplies,
    modelIn: (trained) => (trained instanceof Chatbot ? trained.model : trained),
    shown: (answer) => shownReply(answer as Reply),
  },
})

/** Texts by their intents, with the answers beside them. */
function tables(folder: string): TableParts {
  return {
    input: textIn(),
    beside: chatFiles,
    async read(path) {
      const { examples, script } = await readChatData(path)
      await addReplies(folder, script.answers ?? {})
      return examples.map(({ input: text, label }) => ({ text, label }))
    },
  }
}

/** A reply as an answer of a classifier, with what is said. */
function shownReply(reply: Reply): object {
  const { intent, answer, confidence, alternatives } = reply
  // Of a model of intents alone, as those are that are compared.
  if (alternatives === undefined) return reply
  const others = alternatives.map((one) => [one.intent, one.confidence] as const)
  const probabilities = Object.fromEntries(intent === null ? others : [[intent, confidence], ...others])
  return { ...reply, label: intent, probability: confidence, probabilities, reply: answer }
}

type Texts = Dataset<string, Target>

const { template: _, balanced: __, labels: _labels, ...training } = intents.train.options.shape
// A student of the intents alone would not know what it does not know, and the page has no place for answers.
const { distill: ___, fills: ____, ...shared } = intents

/** A bot: texts, what is meant by each, and what is said to that. */
export const chatTask: Task<Texts, ChatQuery, Reply> = {
  ...shared,
  ...teachableChats,
  name: 'chat',
  verb: 'reply',
  dataHelp:
    'a file with the columns text, label and answer, or with the answers in answers.csv beside it; or of questions and answers alone',
  example: '"some text"',
  query: chatQuery,
  asking: chatAsking,
  queries: intents.queries && {
    ...intents.queries,
    // What is asked has no answers yet.
    ...step(intents.queries.options.omit({ answers: true, script: true }), async (path: string, options, run) =>
      (intents.queries as NonNullable<typeof intents.queries>).run(path, options, run),
    ),
  },
  read: step(
    // One intent for each text.
    intents.read.options.omit({ kind: true, labels: true }),
    async (path: string | undefined, options, run) => {
      if (path !== undefined) return intents.read.run(path, options, run)
      throw new OptionError(
        'training data',
        'texts with their intents, and answers',
        'none',
        'Give the path of your data.',
      )
    },
  ),
  train: step(z.object({ ...training, ...chatAsking.shape }), async (data: Texts, options, run) => {
    const { examples, script } = await learnable(data as Dataset<string>, run)
    const learner = await intents.train.run(examples as Texts, options, run)
    const { unknown, odds } = options as z.output<typeof chatAsking>
    return {
      ...learner,
      async fit(_, fitting) {
        const model = await learner.fit(examples as Texts, fitting)
        return new Chatbot({ model: model as unknown as Model<string>, script, settings: { unknown, odds } })
      },
    }
  }),
  // What is compared is which intent is found: what is said to it changes nothing.
  compare: intents.compare as unknown as Task<Texts, ChatQuery, Reply>['compare'],
  sample: library,
}
