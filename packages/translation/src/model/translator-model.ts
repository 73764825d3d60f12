import {
  type InputError,
  type JsonObject,
  type Measured,
  type Packed,
  type Run,
  type RunOptions,
  type SaveOptions,
  type Shown,
  startRun,
  type Step,
  type Trained,
} from '@headstart/core'
import { counted, countTrainedOn, describeTrainedOn, shown, step, writeModelFolder } from '@headstart/core/kit'
import { z } from 'zod'
import type { TranslateOptions, Translation, Translator } from '../contract.js'
import type { Pair, TranslationData } from '../data/pair.js'
import { pairsFor } from '../data/pairs-for.js'
import { sourceKeys } from '../data/source-keys.js'
import { bleu } from '../evaluate/bleu.js'
import { chrF2 } from '../evaluate/chrf.js'
import { addedUp, type Metric } from '../evaluate/metric.js'
import { reportTranslations, type TranslationReport } from '../evaluate/translation-report.js'
import { transformersJsProblem } from '../files/transformers-js.js'
import { translateOptions } from '../translate-options.js'
import { translationLanguages } from './translation-languages.js'
import { type Training, trainingSchema } from './training.js'

/** A translation as an answer. */
export const translationAnswer = z.object({ text: z.string(), problems: z.array(z.string()) })
export type TranslationAnswer = z.output<typeof translationAnswer>

/** Opens the translator that a model was made from; undefined where it is not at hand. */
export type OpenBefore = () => Promise<Translator | undefined>

/** A translator that was adapted, or is used as it is. */
export class TranslatorModel implements Trained<TranslationData, string, TranslationAnswer> {
  readonly translator: Translator
  readonly answer = translationAnswer
  readonly reads = {}
  readonly asks: Step<readonly string[], (TranslationAnswer | InputError)[]> = step(
    translateOptions,
    async (queries: readonly string[], options, { signal, onEvent }) =>
      this.#translated(queries, { ...options, signal, onProgress: rowsOf(onEvent) }),
  )
  readonly #openBefore: OpenBefore

  /** @param openBefore For `evaluate`, which sets the translator before adaptation beside. Default: it is not at hand. */
  constructor(translator: Translator, openBefore: OpenBefore = async () => undefined) {
    this.translator = translator
    this.#openBefore = openBefore
  }

  /** How it was trained; undefined where it is as it was published. */
  get training(): Training | undefined {
    return trainingSchema.safeParse(this.translator.training).data
  }

  /** See `Translator.translate`. */
  translate(
    texts: readonly string[],
    options?: TranslateOptions & { readonly onUnreadable?: undefined },
  ): Promise<Translation[]>
  translate(texts: readonly string[], options: TranslateOptions): Promise<(Translation | undefined)[]>
  translate(texts: readonly string[], options: TranslateOptions = {}): Promise<(Translation | undefined)[]> {
    return this.translator.translate(texts, options)
  }

  ask(queries: readonly string[], { signal, onEvent }: RunOptions = {}): Promise<(TranslationAnswer | InputError)[]> {
    return this.#translated(queries, { signal, onProgress: rowsOf(onEvent) })
  }

  async #translated(
    queries: readonly string[],
    options: TranslateOptions,
  ): Promise<(TranslationAnswer | InputError)[]> {
    const unreadable = new Map<number, InputError>()
    const onUnreadable = (place: number, error: InputError): void => void unreadable.set(place, error)
    const said = await this.translator.translate(queries, { ...options, onUnreadable })
    return said.map((one, place) =>
      one ? { text: one.text, problems: [...one.problems] } : (unreadable.get(place) as InputError),
    )
  }

  generated({ text }: TranslationAnswer): JsonObject {
    return { translation_text: text }
  }

  say({ text, problems }: TranslationAnswer): string {
    return problems.length === 0 ? text : `${text}  (to be looked at: ${problems.join(' ')})`
  }

  async measure(data: TranslationData, run: Run): Promise<Measured> {
    const pairs = this.#pairsOf(data)
    const texts = await this.#textsOf(this.translator, pairs, run)
    const counts = (metric: Metric) => texts.map((text, index) => metric.counts(text, pairs[index]?.target as string))
    const [chrf, words] = [counts(chrF2), counts(bleu)]
    return {
      scores: Float64Array.from(chrf, (own) => chrF2.score(own)),
      figures: { chrf: chrF2.score(addedUp(chrf)), bleu: bleu.score(addedUp(words)) },
    }
  }

  /** Figures of its translations of data, beside those before adaptation and the copied source. */
  async evaluate(data: TranslationData, given: Partial<Run> = {}): Promise<TranslationReport & Shown> {
    const run = startRun(given)
    const pairs = this.#pairsOf(data, run)
    const { trainedOn } = this.training ?? {}
    const seen = trainedOn === undefined ? 0 : countTrainedOn(await sourceKeys(pairs), trainedOn)
    const notice = describeTrainedOn(seen, pairs.length)
    if (notice !== undefined) run.onEvent?.({ type: 'notice', message: notice })
    const before = this.training && (await this.#openBefore())
    if (this.training && !before) {
      const message = `The translator before adaptation, ${this.training.backbone}, is not at hand, and left out.`
      run.onEvent?.({ type: 'notice', message })
    }
    try {
      const rows: [string, string[]][] = [
        ['translator', await this.#textsOf(this.translator, pairs, run, rowsOf(run.onEvent))],
      ]
      if (before) rows.push(['before', await this.#textsOf(before, pairs, run, rowsOf(run.onEvent))])
      return reportTranslations(pairs, rows, run.seed)
    } finally {
      await before?.close()
    }
  }

  describe(): Shown {
    const { id, languages, files } = this.translator
    const { trainedOn: _, ...training } = this.training ?? {}
    const figures = {
      kind: 'translation',
      id,
      languages: { ...languages },
      training: this.training ? training : null,
    }
    return shown(
      figures,
      () => [sayModel(id, this.training), transformersJsProblem(files)].filter(Boolean).join('\n'),
      (all) => all as JsonObject,
    )
  }

  pack(): Promise<Packed> {
    return this.translator.pack()
  }

  /**
   * Writes its folder, which `translator`, the command line and Transformers.js open. It is replaced in one step.
   * @throws FileError where it cannot be written.
   */
  async save(folder: string, options?: SaveOptions): Promise<void> {
    await writeModelFolder(folder, await this.pack(), options)
  }

  close(): Promise<void> {
    return this.translator.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #pairsOf(data: TranslationData, { onEvent }: RunOptions = {}): Pair[] {
    const { test } = data
    const asked = test ? { ...data, pairs: test, catalogs: undefined } : data
    return pairsFor(asked, { languages: translationLanguages(this.translator), onEvent })
  }

  /** Once in a run: what is compared several times says the same each time. */
  #textsOf(
    translator: Translator,
    pairs: readonly Pair[],
    run: Run,
    onProgress?: TranslateOptions['onProgress'],
  ): Promise<string[]> {
    const sources = pairs.map(({ source }) => source)
    return run.once([translator, 'translations', JSON.stringify(sources)], async () => {
      const said = await translator.translate(sources, { signal: run.signal, onProgress })
      return said.map(({ text }) => text)
    })
  }
}

/** Says how far translations are. */
function rowsOf(onEvent: RunOptions['onEvent']): TranslateOptions['onProgress'] {
  const start = performance.now()
  return ({ done, total }) => {
    const perSecond = (1000 * done) / (performance.now() - start)
    onEvent?.({ type: 'rows', done, total, perSecond, workers: 1 })
  }
}

function sayModel(id: string, training: Training | undefined): string {
  if (!training) return `${id}, as it was published.`
  const { pairs, heldOut, unfreeze, lora, epochs, kept, forgotten, generation, learnsAll } = training
  const how = `${unfreeze === 'all' ? 'encoder and decoder' : 'the decoder'}${lora ? `, low-rank updates of rank ${lora.rank}` : ''}`
  const range = (before: number, after: number, digits: number): string =>
    `${before.toFixed(digits)} -> ${after.toFixed(digits)}`
  return [
    `${id}, adapted to ${counted(pairs, 'pair')}: ${how}, ${counted(epochs, 'epoch')}.`,
    `${counted(heldOut.pairs, 'pair')} held out: loss ${range(heldOut.lossBefore, heldOut.lossAfter, 3)} per token, chrF2 ${range(heldOut.chrfBefore, heldOut.chrfAfter, 1)}.`,
    ...(learnsAll
      ? ['In the end it learned again, from those as well, with as many steps: its weights are the mean of both.']
      : []),
    ...Object.entries(generation).map(([name, value]) => `They chose how it translates: ${name} ${value}.`),
    ...(kept === 'untouched' ? ['Nothing was gained on them: the translator was kept as it was.'] : []),
    ...(forgotten ? [sayForgotten(forgotten)] : []),
  ].join('\n')
}

function sayForgotten({ by, sentences, before, after }: NonNullable<Training['forgotten']>): string {
  return by === 'pairs'
    ? `Of another domain, ${counted(sentences, 'pair')}: chrF2 ${before.toFixed(1)} -> ${after.toFixed(1)}.`
    : `What it said of ${sentences} everyday sentences before, it says now with chrF2 ${after.toFixed(1)} (100: the same).`
}
