/** A bot of a bicycle shop: what it answers, what it asks back, what it does not know; or on a page, where it is corrected. */
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { OptionError, textTable } from '@headstart/core/kit'
import {
  type Chatbot,
  chatbot,
  type ChatContext,
  type ChatData,
  HeadstartError,
  readChatData,
  type ReplyFigures,
  type TrainEvent,
  universalSentenceEncoder,
} from '@headstart/nlp'
import pc from 'picocolors'
import { pageApp, servePage } from './page-server.js'
import { shop, shopFile } from './shop.js'

const usage = `Usage: main.js [--data FILE] [--serve [--port NUMBER]]
  --data   texts with their intents and answers, in place of the built-in bicycle shop: columns label, text, answer
  --serve  shows a page, on this machine alone, on which the bot can be talked to and corrected
  --port   of the page (default: any that is free)`

const options = {
  data: { type: 'string' },
  serve: { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
} as const

const title = (line: string): void => console.log(`\n${pc.bold(line)}`)
const onEvent = (event: TrainEvent): void => {
  if (event.type === 'notice') console.error(`${pc.yellow('note:')} ${event.message}`)
}

/** The app, from its arguments to its exit code. */
export async function app(args: readonly string[]): Promise<0 | 2> {
  try {
    const { data, serve, port } = parseArgs({ args: [...args], options }).values
    await answer(data, serve, portOf(port))
    return 0
  } catch (error) {
    const isUsage = (Object(error) as { code?: unknown }).code?.toString().startsWith('ERR_PARSE_ARGS') ?? false
    if (!isUsage && !(error instanceof HeadstartError)) throw error
    console.error(`${(error as Error).message}${isUsage ? `\n${usage}` : ''}`)
    return 2
  }
}

async function answer(path: string | undefined, isServed: boolean, port: number): Promise<void> {
  console.log(pc.bold('A chatbot: what is meant, and what is said to it'))
  const data =
    path === undefined
      ? await shop('train')
      : await readChatData(path, { onNotice: (message) => onEvent({ type: 'notice', message }) })
  const started = performance.now()
  // Kept, so that it can be corrected.
  const bot = await chatbot(await universalSentenceEncoder(), data, { keep: true, onEvent })
  const seconds = (performance.now() - started) / 1000
  console.log(
    `Learned ${bot.intents.length} intents from ${data.size} texts in ${seconds.toFixed(1)} s, on a frozen Universal Sentence Encoder.`,
  )
  if (isServed) {
    const { address } = await servePage(await pageApp(bot), port)
    console.log(`Page: ${address} (Ctrl+C ends it)`)
    return
  }
  if (path === undefined) {
    await sayFigures(bot, await shop('test'))
    await talk(bot)
  }
  const program = relative(process.cwd(), fileURLToPath(new URL('main.js', import.meta.url)))
  console.log(`\nTo talk to it and correct it on a page: node ${program} --serve`)
}

/** What becomes of texts that it never saw, and of questions that are none of the shop's business. */
async function sayFigures(bot: Chatbot, test: ChatData): Promise<void> {
  const [, ...foreign] = (await readFile(shopFile('out-of-scope.csv'), 'utf8')).trim().split('\n')
  const { json } = await bot.evaluate(test, { outOfScope: foreign })
  const { right, wrong, asked, askedWrong, refused } = json['replies'] as unknown as ReplyFigures
  const outOfScope = json['outOfScope'] as { readonly refused: number; readonly auroc: number }
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`
  title(`${test.size} texts that it never saw, and ${foreign.length} questions that are none of the shop's business`)
  console.log(
    textTable([
      ['', 'answered rightly', 'wrongly', 'asked which of some, rightly', 'and none was', 'not answered'],
      ['the shop', ...[right, wrong, asked, askedWrong, refused].map(percent)],
      ['others', '', percent(1 - outOfScope.refused), '', '', percent(outOfScope.refused)],
    ]),
  )
  console.log(
    `The intent is right in ${percent(json['accuracy'] as number)} (naming always the same one: ${percent(1 / bot.intents.length)}). What it knows is told from what it does not with an AUROC of ${outOfScope.auroc.toFixed(3)}.`,
  )
  console.log(
    'The texts are few and varied: with twelve of each intent it is a beginning, and what it gets wrong is taught on the page.',
  )
}

/** A conversation that shows what it does. */
async function talk(bot: Chatbot): Promise<void> {
  title('A conversation, which is nothing but JSON between the turns')
  let context: ChatContext | undefined
  for (const text of [
    'When do you open?',
    'My brakes are squealing, could you look at them?',
    'It is a mountain bike',
    'next Tuesday',
    'Who wrote Hamlet?',
  ]) {
    const reply = await bot.reply(text, { context })
    context = reply.context
    const sure = reply.known ? `${reply.intent ?? 'asks'}, ${reply.confidence.toFixed(2)}` : 'not known'
    console.log(`> ${text}\n  ${reply.answer} ${pc.dim(`(${sure})`)}`)
  }
}

function portOf(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text)
  const expected = 'a whole number from 0 to 65535'
  throw new OptionError('option "port"', expected, JSON.stringify(text), 'Leave it out for any that is free.')
}
