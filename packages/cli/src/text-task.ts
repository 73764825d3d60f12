import type { Target } from '@headstart/core'
import { publishedEncoders } from '@headstart/nlp/published-encoders'
import type { BackboneEntry, TaskEntry } from './task.js'

// Imported when it is needed: who classifies pictures does not wait for it.
const nlp = () => import('@headstart/nlp')

/** `--task text` */
export const textTask: TaskEntry = {
  modality: 'text',
  exampleInput: '"some text"',
  backbones: [
    {
      id: 'universal-sentence-encoder-lite',
      features: 512,
      stages: 4,
      license: 'Apache-2.0',
      description: 'English sentences and short texts, up to 128 tokens; built in',
      load: async () => (await nlp()).universalSentenceEncoder(),
    },
    ...publishedEncoders.map(({ id, features, layers, license, description, parameters }): BackboneEntry => ({
      id,
      features,
      // The embedding is one as well.
      stages: layers + 1,
      license,
      description,
      parameters,
      load: async (options) => (await nlp()).transformersBackbone(id, options),
    })),
  ],
  openPublished: async (idOrFolder, options) => (await nlp()).transformersBackbone(idOrFolder, options),
  readDataset: async (path, kind, { labelColumn, textColumn, format }, { onEvent, signal }) =>
    (await nlp()).readTextDataset(path, {
      labelColumn,
      textColumn,
      format,
      kind,
      signal,
      onNotice: (message) => onEvent?.({ type: 'notice', message }),
    }),
  loadModel: async (folder) => (await nlp()).loadModel<Target>(folder),
  methods: async (backbone, tuning) => (await nlp()).textMethods(backbone, tuning),
  zeroShot: async (backbone, labels, options) => (await nlp()).zeroShot(backbone, labels, options),
}
