import { type Backbone, type Model, OptionError, type Target, type TunableBackbone } from '@headstart/core'
import type { PublishedBackbone } from '@headstart/vision'
import { publishedEncoders } from '@headstart/vision/published-encoders'
import type { BackboneEntry, LoadOptions, TaskEntry } from './task.js'

// Imported when they are needed: who classifies texts does not wait for the one, who trains on pictures not for the other.
const vision = () => import('@headstart/vision')
const nlp = () => import('@headstart/nlp')

/** Pairs that were opened, whose other side reads names of classes. */
const pairs = new WeakMap<
  Backbone<string>,
  { readonly pictures: PublishedBackbone; readonly idOrFolder: string; readonly options: LoadOptions }
>()

async function openPublished(idOrFolder: string, options: LoadOptions): Promise<TunableBackbone<string>> {
  const pictures = await (await vision()).transformersBackbone(idOrFolder, options)
  const backbone = pictures as TunableBackbone<string>
  if (pictures.isPair) pairs.set(backbone, { pictures, idOrFolder, options })
  return backbone
}

/** `--task image` */
export const imageTask: TaskEntry = {
  modality: 'image',
  exampleInput: 'some.jpg',
  backbones: [
    {
      id: 'mobilenet-v2-coco',
      features: 2112,
      stages: 19,
      license: 'Apache-2.0',
      description: 'photos and drawings of things and animals; built in',
      load: async () => (await vision()).mobileNetV2() as Promise<TunableBackbone<string>>,
    },
    ...publishedEncoders.map(({ id, features, layers, license, description, parameters }): BackboneEntry => ({
      id,
      features,
      // The embedding is one as well, and what follows the last layer.
      stages: layers + 2,
      license,
      description,
      parameters,
      load: (options) => openPublished(id, options),
    })),
  ],
  openPublished,
  readDataset: async (path, kind, { labelColumn, pathColumn, format }, { onEvent, signal }) =>
    (await vision()).readImageDataset(path, {
      labelColumn,
      pathColumn,
      format,
      kind,
      signal,
      onNotice: (message) => onEvent?.({ type: 'notice', message }),
    }),
  loadModel: async (folder) => (await vision()).loadModel<Target>(folder),
  methods: async (backbone, tuning) => (await vision()).imageMethods(backbone, tuning),
  zeroShot: async (backbone, labels, options) => {
    const pair = pairs.get(backbone)
    if (!pair) {
      const expected = 'a pair that reads pictures and texts, to begin from names of classes'
      throw new OptionError(
        'option --backbone',
        expected,
        `"${backbone.id}"`,
        'Use Xenova/clip-vit-base-patch32, or give examples.',
      )
    }
    const texts = await (await nlp()).transformersBackbone(pair.idOrFolder, pair.options)
    return (await (await vision()).zeroShot(pair.pictures, texts, labels, options)) as Model<string>
  },
  hasNames: (backbone) => pairs.has(backbone),
}
