import { type Backbone, type Target } from '@headstart/core'
import { examplesTask } from '@headstart/core/kit'
import { type OpenOptions, publishedNetworks } from '@headstart/hub'
import { z } from 'zod'
import { pixelsAlone } from './backbone/image-learners.js'
import { joinedMobileNets } from './backbone/joined-mobile-nets.js'
import { mobileNetV2 } from './backbone/mobilenet-v2.js'
import { publishedEncoders } from './backbone/published-encoders.js'
import { isTeachableMachine, teachableMachine } from './backbone/teachable-machine.js'
import { encoderParts, type PublishedBackbone, transformersBackbone } from './backbone/transformers-backbone.js'
import { zeroShot } from './backbone/zero-shot.js'
import { isPictureName } from './data/find-pictures.js'
import { createPictureFolders, findPictureFolders, pictureFolders } from './data/picture-folders.js'
import { createPictureTable, pictureTable } from './data/picture-table.js'
import { holdsPictures, readPictures } from './data/read-pictures.js'
import { readImageDataset } from './data/read-image-dataset.js'
import { splitChoices } from './data/read-split.js'
import { loadModel } from './load-model.js'
import type { ImageInput } from './preprocessing/image-input.js'
import { drawings } from './sample.js'

/** Opens the side of a pair that reads texts: `transformersBackbone` of @headstart/nlp. */
export type OpenTexts = (idOrFolder: string, options: OpenOptions) => Promise<Backbone<string>>

/**
 * Pictures in one of several classes, with any number of labels, or with a number.
 * @param openTexts With it models can be made of the names of classes alone, by pairs such as CLIP.
 */
export function createImageTask(openTexts?: OpenTexts) {
  return examplesTask({
    name: 'image',
    dataHelp: 'a folder with one folder of pictures for each class, or a table with the columns path and label',
    example: 'some.jpg',
    modality: 'image',
    query: z.union([
      z.string(),
      z.object({ base64: z.base64() }).transform(({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64'))),
    ]) as z.ZodType<ImageInput>,
    fromBytes: (bytes) => bytes,
    reading: z.object({
      pathColumn: z.string().optional().describe('column of the path of a picture (default: path, or a like name)'),
      split: z
        .enum(splitChoices)
        .optional()
        .describe('part of a DATA that has folders train and test (default: learn from train, measure on test)'),
    }),
    read: async (path, options, { onEvent, signal }) => {
      const onNotice = (message: string): void => onEvent?.({ type: 'notice', message })
      return readImageDataset(path, { ...options, signal, onNotice })
    },
    queries: {
      holds: holdsPictures,
      read: (path, options, { onEvent, signal }) =>
        readPictures(path, { ...options, signal, onNotice: (message) => onEvent?.({ type: 'notice', message }) }),
    },
    networks: publishedNetworks<PublishedBackbone>({
      builtIn: [
        {
          id: 'mobilenets-joined',
          features: 7632,
          stages: 6,
          license: 'Apache-2.0, MIT',
          description: 'pictures of any kind: three networks, and the colors; built in',
          open: () => joinedMobileNets(),
        },
        {
          id: 'mobilenet-v2-coco',
          features: 2112,
          stages: 19,
          license: 'Apache-2.0',
          description: 'photos and drawings of things and animals, in a third of the time; built in',
          open: () => mobileNetV2(),
        },
      ],
      // The embedding is a stage as well, and what follows the last layer.
      published: publishedEncoders.map(({ layers, ...encoder }) => ({ ...encoder, stages: layers + 2 })),
      open: async (idOrFolder, options) =>
        (await isTeachableMachine(idOrFolder))
          ? teachableMachine(idOrFolder)
          : transformersBackbone(idOrFolder, options),
      parts: encoderParts,
    }),
    noTransfer: pixelsAlone,
    zeroShot: (pictures, { signal, onEvent }) => {
      const { pair } = pictures
      if (pair === undefined || !openTexts) return undefined
      return async (labels, options) => {
        const onNotice = (message: string): void => onEvent?.({ type: 'notice', message })
        const texts = await openTexts(pair, { signal, onNotice, forTuning: false })
        return zeroShot<Target>(pictures, texts, labels, options)
      }
    },
    zeroShotNeeds: 'a pair that reads pictures and texts, such as Xenova/clip-vit-base-patch32',
    adopts: isTeachableMachine,
    load: (files, options) => loadModel<Target>(files, options),
    sample: drawings,
    bench: {
      brings: 'picture',
      description: 'pictures in classes',
      program: [
        "import { loadModel } from '@headstart/vision'",
        "const model = await loadModel('./model')",
        "console.log(await model.predict('some.jpg'))",
      ],
      noTransfer: 'the pixels of the pictures alone',
      kinds: ['classification', 'multi-label', 'regression'],
      find: findPictureFolders,
      fit: async (_, names) => names.map((name) => (isPictureName(name) ? 1 : 0)),
      create: (folder, data, kind = 'classification') =>
        kind === 'classification' ? createPictureFolders(folder, data) : createPictureTable(folder, data, kind),
      open: (folder, kind = 'classification') =>
        kind === 'classification' ? pictureFolders(folder) : pictureTable(folder, kind),
    },
  })
}

/** Pictures, without models of the names of classes alone. */
export const imageTask = createImageTask()
