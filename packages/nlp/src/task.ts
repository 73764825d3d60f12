import type { Target, TunableBackbone } from '@headstart/core'
import {
  createTables,
  examplesTask,
  type ExamplesTaskParts,
  findTables,
  isTable,
  tableFiles,
  tablesFit,
  tablesKinds,
} from '@headstart/core/kit'
import { publishedNetworks } from '@headstart/hub'
import { z } from 'zod'
import { distill } from './backbone/distill-texts.js'
import { publishedEncoders } from './backbone/published-encoders.js'
import { wordsAlone } from './backbone/text-learners.js'
import { encoderParts, transformersBackbone } from './backbone/transformers-backbone.js'
import { universalSentenceEncoder } from './backbone/universal-sentence-encoder.js'
import { zeroShot } from './backbone/zero-shot.js'
import { readTextDataset, readTexts, textIn } from './data/read-text-dataset.js'
import { loadModel } from './load-model.js'
import { evidentlyForeign } from './preprocessing/reads-like-english.js'
import { messages } from './sample.js'

const reading = z.object({
  textColumn: z.string().optional().describe('column of the text (default: text, or a like name)'),
})

/** What a task of labeled texts is made of. */
export const textTaskParts: ExamplesTaskParts<string, typeof reading, TunableBackbone<string>> = {
  name: 'text',
  dataHelp: 'a CSV, TSV or JSONL file with the columns text and label',
  example: '"some text"',
  modality: 'text',
  query: z.string(),
  reading,
  read: (path, options, { onEvent, signal }) =>
    readTextDataset(path, { ...options, signal, onNotice: (message) => onEvent?.({ type: 'notice', message }) }),
  queries: {
    holds: isTable,
    apart: true,
    read: (path, options, { onEvent, signal }) =>
      readTexts(path, { ...options, signal, onNotice: (message) => onEvent?.({ type: 'notice', message }) }),
  },
  networks: publishedNetworks({
    builtIn: {
      id: 'universal-sentence-encoder-lite',
      features: 512,
      stages: 4,
      license: 'Apache-2.0',
      description: 'English sentences and short texts, up to 128 tokens; built in',
      open: () => universalSentenceEncoder(),
    },
    // The embedding is a stage as well.
    published: publishedEncoders.map(({ layers, language, ...encoder }) => ({
      ...encoder,
      stages: layers + 1,
      ...(language === 'en' && { suits: (texts: readonly unknown[]) => !evidentlyForeign(texts.map(String)) }),
    })),
    open: transformersBackbone,
    parts: encoderParts,
  }),
  noTransfer: wordsAlone,
  zeroShot: (backbone) => (labels, options) => zeroShot<Target>(backbone, labels, options),
  zeroShotNeeds: 'a sentence encoder',
  load: (files, options) => loadModel<Target>(files, options),
  sample: messages,
  bench: {
    brings: 'text',
    description: 'texts in classes',
    kinds: ['classification', 'multi-label', 'regression'],
    program: [
      "import { loadModel } from '@headstart/nlp'",
      "const model = await loadModel('./model')",
      "console.log(await model.predict('some text'))",
    ],
    noTransfer: 'the words of the examples alone',
    find: findTables,
    fit: (folder, names) => tablesFit(folder, names, textIn()),
    likelyKinds: (folder, names) => tablesKinds(folder, names, textIn()),
    create: (folder, data, kind) => createTables(folder, { input: textIn(), ...(kind && { kind }) }, data),
    open: (folder, kind) => tableFiles(folder, { input: textIn(), ...(kind && { kind }) }),
  },
  distill: (model, texts, { seed, signal, onEvent }) => distill(model, texts, { seed, signal, onEvent }),
}

/** Texts in one of several classes, with any number of labels, or with a number. */
export const textTask = examplesTask(textTaskParts)
