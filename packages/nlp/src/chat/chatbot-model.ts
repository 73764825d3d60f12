import {
  asking,
  counted,
  type Documented,
  documented,
  type EvaluateAlso,
  type ExplainAlso,
  type ExportFormat,
  type ExtendOptions,
  formatManifest,
  ifReadable,
  InputError,
  type Measured,
  type Model,
  OptionError,
  type Packed,
  type Prediction,
  type Run,
  type RunOptions,
  saveModel,
  type SaveOptions,
  type Scored,
  sha256,
  type Shown,
  shown,
  type ShownExplanation,
  step,
  type Step,
  type Target,
  textTable,
  type Trained,
} from '@headstart/core/load'
import * as z from 'zod'
import { chatFormat, intentsFolder } from './chat-format.js'
import { nearestTexts, type NearText } from './nearest-texts.js'
import { converse, type Understood } from './converse.js'
import { type ChatContext, contextSchema, type Reply, replySchema } from './reply.js'
import { checkedScript, type Script, type ScriptInput } from './script.js'

/** A text, alone or in a conversation. */
export type ChatQuery =
  | string
  | {
      readonly text: string
      /** What the reply before gave as its `context`. Default: a conversation begins. */
      readonly context?: ChatContext | undefined
      /** Which moment "tomorrow" is told from, as ISO 8601. Default: now. */
      readonly now?: string | undefined
    }

export const chatQuery: z.ZodType<ChatQuery> = z.union(
  [
    z.string(),
    z.strictObject({
      text: z.string(),
      context: contextSchema.optional(),
      now: z.iso.datetime({ offset: true, local: true }).or(z.iso.date()).optional(),
    }),
  ],
  { error: 'expected a text, or an object with text and, of a conversation, the context of the reply before' },
)

const sureness = { error: 'expected a number from 1 on' }

/** What can be asked of a bot beside its replies. */
export const chatAsking = z.object({
  unknown: asking.shape.unknown.describe(
    'what is not of the kind that was learned is not answered; of what is so large a share may be refused: 5%',
  ),
  odds: z
    .number(sureness)
    .min(1, sureness)
    .optional()
    .describe(
      'an intent that is less than so many times as probable as another is not answered: which is meant is asked',
    ),
})

/** How much it takes for a bot to answer. */
export interface ChatSettings {
  /** Share of what belongs that may be refused for what does not: see `PredictOptions.unknown`. Default 0.05. */
  readonly unknown?: number | undefined
  /** An intent that is less than so many times as probable as another is not answered: which of them is meant is asked. Default 1.5. */
  readonly odds?: number | undefined
}

export const usualSettings = { unknown: 0.05, odds: 1.5 } as const

/** Options of `Chatbot.reply`. */
export interface ReplyOptions extends ChatSettings, RunOptions {
  /** What the reply before gave as its `context`. Default: a conversation begins. */
  readonly context?: ChatContext | undefined
  /** Which moment "tomorrow" is told from. Default: now. */
  readonly now?: Date | undefined
}

/** The parts of a bot. */
export interface ChatbotParts {
  /** Tells intents apart. */
  readonly model: Model<string>
  readonly script: ScriptInput
  readonly settings?: ChatSettings | undefined
}

/** What is measured of replies to texts whose intents are known, each text the beginning of a conversation. Shares of all texts. */
export interface ReplyFigures {
  /** Answered, or asked for a slot of, the right intent. */
  readonly right: number
  /** The same of another one. */
  readonly wrong: number
  /** Asked which of some intents is meant, with the right one among them. */
  readonly asked: number
  /** Asked, and it was none of them. */
  readonly askedWrong: number
  /** Not answered, for what it does not know. */
  readonly refused: number
}

/** A classifier of intents, what is said to each, and when nothing is: it keeps nothing of its conversations. */
export class Chatbot implements Trained<Data, ChatQuery, Reply> {
  readonly model: Model<string>
  readonly script: Script
  readonly settings: Readonly<Record<'unknown' | 'odds', number>>

  /** @throws DataError for a script that does not suit the intents; OptionError for settings out of range. */
  constructor({ model, script, settings = {} }: ChatbotParts) {
    this.model = model
    this.script = checkedScript('chatbot', script, model.labels)
    const { unknown = usualSettings.unknown, odds = usualSettings.odds } = settings
    if (!(unknown > 0 && unknown < 1))
      throw new OptionError('option "unknown"', 'a share above 0 and below 1', String(unknown), 'Try 0.05.')
    if (!(odds >= 1)) throw new OptionError('option "odds"', 'a number from 1 on', String(odds), 'Try 1.5.')
    this.settings = { unknown, odds }
  }

  /** The intents that it tells apart. */
  get intents(): readonly string[] {
    return this.model.labels
  }

  get answer(): z.ZodType<Reply> {
    return replySchema
  }

  get reads(): Readonly<Record<string, unknown>> {
    const { columns } = this.model
    return columns ? { columns } : {}
  }

  /** Whether it can tell what it does not know: not where it learned from next to nothing. */
  get canRefuse(): boolean {
    return this.model.trust.familiarity?.held !== undefined
  }

  /**
   * What it says to a text.
   *
   *     const first = await bot.reply('I need somebody to look at my brakes')
   *     const second = await bot.reply('On Friday', { context: first.context })
   *
   * @throws InputError for a text that cannot be read.
   */
  async reply(text: string, { context, now, ...options }: ReplyOptions = {}): Promise<Reply> {
    const [reply] = await this.ask([{ text, context, now: now?.toISOString() }], options)
    if (reply instanceof InputError) throw reply
    return reply as Reply
  }

  async ask(queries: readonly ChatQuery[], options: ChatSettings & AskOptions = {}): Promise<(Reply | InputError)[]> {
    const { unknown = this.settings.unknown, odds = this.settings.odds, ...others } = options
    const turns = queries.map((query): Exclude<ChatQuery, string> =>
      typeof query === 'string' ? { text: query } : query,
    )
    const understood = await this.#understand(
      turns.map(({ text }) => text),
      { ...others, unknown },
    )
    return Promise.all(
      understood.map(async (one, place) => {
        if (one instanceof InputError) return one
        const { text, context = {}, now } = turns[place] as Exclude<ChatQuery, string>
        const moment = now === undefined ? new Date() : new Date(now)
        return ifReadable(() => converse({ script: this.script, text, understood: one, context, odds, now: moment }))
      }),
    )
  }

  get asks(): Step<readonly ChatQuery[], (Reply | InputError)[]> {
    return step(chatAsking, (queries: readonly ChatQuery[], options, { signal, onEvent }) =>
      this.ask(queries, { ...options, signal, onEvent }),
    )
  }

  scores({ intent, confidence, alternatives }: Reply): readonly Scored[] {
    const first = intent === null ? [] : [{ label: intent, score: confidence }]
    return [...first, ...alternatives.map((one) => ({ label: one.intent, score: one.confidence }))]
  }

  say({ answer, intent, confidence, known, familiarity, asks }: Reply): string {
    if (!known && intent === null && !asks) return `${answer} (unknown, familiarity ${familiarity?.toFixed(3)})`
    return intent === null ? answer : `${answer} (${intent} ${confidence.toFixed(3)})`
  }

  /**
   * The training texts that a text is most like, where they are kept (`keep`).
   * @throws DataError where the model keeps none; InputError for a text that cannot be read.
   */
  async nearest(text: string, count = 3): Promise<NearText[]> {
    return nearestTexts(this.model, text, count)
  }

  /**
   * The bot that has learned from these texts as well, in place, from kept features: see `Model.extend`. A text that it was trained
   * on already has its new intent. The option `answers` is what is said to intents that are new, or from now on; default: as the data
   * say, where they do.
   * @throws DataError where the model keeps no texts (`keep`), or an intent has no answer.
   */
  async extend(
    texts: Taught | readonly { readonly text: string; readonly intent: string }[],
    { answers, ...options }: ExtendOptions & { readonly answers?: ScriptInput['answers'] } = {},
  ): Promise<Chatbot> {
    const examples =
      'examples' in texts ? texts.examples : texts.map(({ text, intent }) => ({ input: text, label: intent }))
    const said = answers ?? ('script' in texts ? (texts.script as ScriptInput).answers : undefined)
    const script = { ...this.script, answers: { ...this.script.answers, ...said } }
    checkedScript('chatbot', script, [...new Set([...this.intents, ...examples.map(({ label }) => String(label))])])
    const model = await this.model.extend(examples, options)
    return new Chatbot({ model, script, settings: this.settings })
  }

  /**
   * The bot that never saw these of its training texts: see `Model.forget`. What was said to an intent that has none left goes with it.
   * @throws DataError where the model keeps no texts (`keep`), or was not trained on them.
   */
  async forget(texts: readonly ChatQuery[], options?: ExtendOptions): Promise<Chatbot> {
    const model = await this.model.forget(texts.map(textOf), options)
    const left = <Said>(said: Readonly<Record<string, Said>>): Record<string, Said> =>
      Object.fromEntries(Object.entries(said).filter(([intent]) => model.labels.includes(intent)))
    const { answers, slots, ...script } = this.script
    return new Chatbot({
      model,
      script: { ...script, answers: left(answers), slots: left(slots) },
      settings: this.settings,
    })
  }

  /** Whether the intent is the right one, without regard to what is said. */
  async measure(data: Data, run?: Partial<Run>): Promise<Measured> {
    return this.model.measure(data, run)
  }

  /**
   * The figures of the intents (see `Model.evaluate`), and what becomes of the texts: answered, asked back, refused.
   * @throws DataError for intents that it does not know.
   */
  async evaluate(data: Data, options: Partial<Run> & EvaluateAlso<ChatQuery> = {}): Promise<Shown & Documented> {
    const outOfScope = options.outOfScope?.map(textOf)
    const evaluation = await this.model.evaluate(data, { unknown: this.settings.unknown, ...options, outOfScope })
    const { test = data } = data
    const { signal, onEvent, cache } = options
    const replies = replyFigures(await this.ask(test.inputs, { signal, onEvent, cache }), test.targets)
    return documented(
      { ...evaluation, replies },
      { text: () => `${evaluation.text()}\n\n${sayFigures(replies)}`, page: () => evaluation.page() },
    )
  }

  /** Why it takes a text for what it does: see `Model.explain`. */
  async explain(query: ChatQuery, options?: ExplainAlso): Promise<ShownExplanation> {
    return this.model.explain(textOf(query), options)
  }

  async next(
    queries: readonly ChatQuery[],
    options?: RunOptions & { readonly count?: number | undefined },
  ): Promise<Shown> {
    return this.model.next(queries.map(textOf), options)
  }

  describe(): Shown {
    const described = this.model.describe()
    const { answers, slots } = this.script
    const counts = {
      answers: Object.values(answers).flat().length,
      slots: Object.values(slots).flatMap((own) => Object.keys(own)).length,
    }
    const { unknown, odds } = this.settings
    const figures = { ...described.json, ...counts, ...this.settings }
    const asks = counts.slots === 0 ? '' : `, and asks for ${counts.slots} slots`
    const refuses = this.canRefuse
      ? `It does not answer what is less familiar than all but ${Number((100 * unknown).toPrecision(3))} % of its texts`
      : 'It answers everything, since it has too few texts to tell what it does not know'
    return shown(figures, () =>
      [
        described.text(),
        '',
        `Says ${counted(counts.answers, 'answer')} to ${counted(this.intents.length, 'intent')}${asks}.`,
        `${refuses}, and asks which is meant where one is less than ${odds} times as probable as another.`,
      ].join('\n'),
    )
  }

  /** The classifier is a folder in that of the bot, and a text model by itself. */
  async pack(): Promise<Packed> {
    const { manifest, files } = await this.model.pack()
    const hashes = Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)]))
    const text = formatManifest({ ...manifest, files: hashes })
    const all = new Map([...files, [chatFormat.manifest, new TextEncoder().encode(text)] as const])
    return {
      manifest: {
        format: chatFormat.name,
        formatVersion: chatFormat.version,
        script: this.script,
        settings: this.settings,
      },
      files: new Map([...all].map(([name, bytes]) => [`${intentsFolder}/${name}`, bytes])),
    }
  }

  get exports(): Readonly<Record<string, ExportFormat>> {
    return this.model.exports
  }

  /**
   * Writes the bot as a folder that `loadChatbot` reads; an older one there is replaced as a whole or not at all.
   * @throws FileError when the folder cannot be written, or something that is no model stands there.
   */
  async save(folder: string, options: SaveOptions = {}): Promise<void> {
    await saveModel(folder, await this.pack(), options)
  }

  close(): Promise<void> {
    return this.model.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #understand(
    texts: readonly string[],
    options: AskOptions & { readonly unknown: number },
  ): Promise<(Understood | InputError)[]> {
    const answers = await this.model.ask(texts, this.canRefuse ? options : { ...options, unknown: undefined })
    return answers.map((answer) => (answer instanceof InputError ? answer : understoodOf(answer)))
  }
}

type Data = Parameters<Model<string>['evaluate']>[0]
type Taught = Extract<Parameters<Model<string>['extend']>[0], { readonly examples: unknown }>
type AskOptions = NonNullable<Parameters<Model<string>['ask']>[1]>

function textOf(query: ChatQuery): string {
  return typeof query === 'string' ? query : query.text
}

function understoodOf(
  answer: Prediction<string> & { readonly known?: boolean; readonly familiarity?: number },
): Understood {
  const { probabilities, known = true, familiarity = null } = answer
  const intents = Object.entries(probabilities).map(([intent, confidence]) => ({ intent, confidence }))
  return { known, familiarity, intents: intents.sort((a, b) => b.confidence - a.confidence) }
}

function replyFigures(replies: readonly (Reply | InputError)[], intents: readonly Target[]): ReplyFigures {
  const kinds = replies.flatMap((reply, place): (keyof ReplyFigures)[] => {
    if (reply instanceof InputError) return []
    const { asks, intent } = reply
    const meant = intents[place] as string
    if (asks && 'intents' in asks) return [asks.intents.includes(meant) ? 'asked' : 'askedWrong']
    return [intent === null ? 'refused' : intent === meant ? 'right' : 'wrong']
  })
  const shareOf = (kind: keyof ReplyFigures): number => kinds.filter((one) => one === kind).length / kinds.length
  return {
    right: shareOf('right'),
    wrong: shareOf('wrong'),
    asked: shareOf('asked'),
    askedWrong: shareOf('askedWrong'),
    refused: shareOf('refused'),
  }
}

function sayFigures({ right, wrong, asked, askedWrong, refused }: ReplyFigures): string {
  const rows = [
    ['answered rightly', right],
    ['answered wrongly', wrong],
    ['asked which, rightly', asked],
    ['asked which, and none was', askedWrong],
    ['not answered', refused],
  ] as const
  return textTable([['reply', 'share'], ...rows.map(([what, share]) => [what, share.toFixed(3)])])
}
