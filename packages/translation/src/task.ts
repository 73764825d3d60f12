import type { Learner, RunOptions, Task } from '@headstart/core'
import { isTable, OptionError, readInputs, step } from '@headstart/core/kit'
import { z } from 'zod'
import { pairBench } from './bench/pair-bench.js'
import type { Translator } from './contract.js'
import { fillCatalogs } from './data/fill-catalogs.js'
import type { TranslationData } from './data/pair.js'
import { pairsFor } from './data/pairs-for.js'
import { readTranslationData, sourceNames } from './data/read-pairs.js'
import { isPublishedTranslator } from './files/published-translator.js'
import { translatorFormat } from './files/saved-translator.js'
import { pairsHeldOut } from './learners/pairs-held-out.js'
import { methodNames, translationLearners } from './learners/translation-learners.js'
import { fineTune } from './model/fine-tune.js'
import { translationLanguages } from './model/translation-languages.js'
import { type TranslationAnswer, TranslatorModel } from './model/translator-model.js'
import { languageOptions, translateOptions } from './translate-options.js'
import { loadTranslator, translator } from './translator.js'

const whole = (least: number) => {
  const otherwise = { error: `expected a whole number from ${least} on` }
  return z.int(otherwise).min(least, otherwise)
}
const above = { error: 'expected a number above 0' }
const share = { error: 'expected a share from 0 to below 1' }

const reading = z.object({
  sourceColumn: z
    .string()
    .optional()
    .describe('column of the sources, where DATA is a table (default: source, or a like name)'),
  targetColumn: z.string().optional().describe('column of the translations (default: target, or a like name)'),
  sourceLanguage: z
    .string()
    .optional()
    .describe('of catalogs, the language of the sources (default: that of the translator)'),
  targetLanguage: z
    .string()
    .optional()
    .describe('of catalogs, the language of the translations (default: that of the translator)'),
})

const backbone = z
  .string()
  .optional()
  .describe('translator to begin with: an id on the hub, such as Xenova/opus-mt-en-de, or a folder; needed')

const tuning = z.object({
  epochs: whole(1)
    .optional()
    .describe('passes over the pairs, at most: held-out pairs end it earlier (default: 4, with few pairs more)'),
  learningRate: z
    .number(above)
    .positive(above)
    .optional()
    .describe('of AdamW (default: 0.0005, of all 0.0004, with --lora 0.002)'),
  batchSize: whole(1).optional().describe('pairs of one step (default: 16)'),
  labelSmoothing: z
    .number(share)
    .min(0, share)
    .lt(1, share)
    .optional()
    .describe('share of each token that is spread over the vocabulary (default: 0.1)'),
})

const training = z.object({
  backbone,
  ...languageOptions.shape,
  unfreeze: z
    .enum(['decoder', 'all'])
    .optional()
    .describe('what is tuned: the decoder over the frozen encoder, or all (default: decoder)'),
  lora: whole(1).optional().describe('tune low-rank updates of the matrices, of this rank, instead of all weights'),
  ...tuning.shape,
  general: z
    .string()
    .optional()
    .describe('pairs of another domain, to measure what is forgotten (default: everyday sentences)'),
})

const comparing = z.object({
  backbone,
  ...languageOptions.shape,
  shots: z.array(whole(10)).min(1).default([100, 500, 2000]).describe('numbers of pairs, separated by commas'),
  seeds: whole(1).default(3).describe('random draws of the pairs'),
  methods: z
    .array(z.enum(methodNames))
    .min(1)
    .optional()
    .describe(`some of ${methodNames.join(', ')}, separated by commas; all but untouched take minutes`),
  lora: whole(1).optional().describe('rank of the low-rank updates (default: 32)'),
  ...tuning.shape,
})

const remedy = 'Name one that is published for Transformers.js: --backbone Xenova/opus-mt-en-de.'

/** Opens what `--backbone` names. */
async function opened(
  id: string | undefined,
  { from, to }: z.output<typeof languageOptions>,
  { signal, onEvent }: RunOptions,
): Promise<Translator> {
  if (id === undefined) throw new OptionError('option "backbone"', 'a translator to begin with', 'none', remedy)
  return translator(id, {
    from,
    to,
    signal,
    onProgress: ({ done, total }) => onEvent?.({ type: 'download', done, total }),
    onNotice: (message) => onEvent?.({ type: 'notice', message }),
  })
}

/** Translators that are adapted to pairs of texts. */
export const translateTask: Task<TranslationData, string, TranslationAnswer> = {
  name: 'translate',
  dataHelp:
    'texts with their translations: a table with the columns source and target, a folder of catalogs (en.json, de.json, or .po), a translation memory (.tmx), or a folder with the tables train and test',
  verb: 'translate',
  beginsWith: 'encoder-decoder',
  example: '"Open the file"',
  query: z.string({ error: 'expected a text' }),
  asking: translateOptions,
  queries: {
    ...step(reading.pick({ sourceColumn: true }), async (path: string, { sourceColumn }, { signal, onEvent }) => {
      const column = { role: 'source', usualNames: sourceNames, named: sourceColumn }
      const onNotice = (message: string): void => onEvent?.({ type: 'notice', message })
      return readInputs(path, column, { signal, onNotice })
    }),
    holds: isTable,
    apart: true,
  },
  fills: fillCatalogs,
  read: step(reading, async (path: string | undefined, options, { signal, onEvent }): Promise<TranslationData> => {
    if (path === undefined) {
      throw new OptionError(
        'task translate',
        'DATA, texts with their translations',
        'none',
        'Give the path of a table or of catalogs.',
      )
    }
    const onNotice = (message: string): void => onEvent?.({ type: 'notice', message })
    return readTranslationData(path, { ...options, signal, onNotice })
  }),
  train: step(
    training,
    async (data: TranslationData, options, run): Promise<Learner<TranslationData, TranslatorModel>> => {
      const { lora, general, backbone: id, from, to, ...tuned } = options
      const base = await opened(id, { from, to }, run)
      const other =
        general === undefined
          ? undefined
          : pairsFor(await readTranslationData(general), { languages: translationLanguages(base) })
      return {
        name: 'fine-tuned',
        description: `${base.id}, adapted`,
        takes: 'minutes',
        adds: [],
        suits: () => true,
        fit: (own, { seed, signal, onEvent, checkpoint, resume }) =>
          fineTune(base, pairsFor(own, { languages: translationLanguages(base), onEvent }), {
            backbone: id,
            ...tuned,
            ...(lora !== undefined && { lora: { rank: lora } }),
            general: other,
            seed,
            signal,
            onEvent,
            checkpoint,
            resume,
          }),
      }
    },
  ),
  compare: step(
    comparing,
    async (data: TranslationData, { backbone: id, from, to, shots, seeds, methods, lora, ...tuned }, run) => {
      const base = await opened(id, { from, to }, run)
      const learners = translationLearners(base, { ...tuned, ...(lora !== undefined && { lora: { rank: lora } }) })
      return {
        data,
        learners: methodNames.filter((name) => methods?.includes(name) ?? true).map((name) => learners[name]),
        protocol: pairsHeldOut({ languages: translationLanguages(base), shots, draws: seeds }),
      }
    },
  ),
  bench: pairBench,
  adopts: isPublishedTranslator,
  opens: ({ format }) => format === translatorFormat.name,
  async load(files) {
    const model: TranslatorModel = new TranslatorModel(await loadTranslator(files), async () => {
      const { backbone: place } = model.training ?? {}
      return place === undefined ? undefined : translator(place).catch(() => undefined)
    })
    return model
  },
}
