import {
  type ContentKey,
  type Dissected,
  type Grid,
  type InputChecks,
  DataError,
  type JsonObject,
  OptionError,
  type Preprocessing,
  type PreprocessingLoader,
  type TakenInputs,
} from '@headstart/core/load'
import { tensor } from '@headstart/onnx'
import { imagesForOnnx, imagesForTransformers } from './exported-images.js'
import { configSchema, type ImagePreprocessingConfig } from './image-settings.js'
import type { Pixels } from './pixels.js'
import type { Sizing } from './sizing.js'

/** Reads pictures: from files through `sharp`, or as a browser does. */
export interface PictureReader<Picture> {
  /** What makes two pictures the same. @throws InputError where it cannot be read. */
  contentKey(picture: Picture): ContentKey | Promise<ContentKey>
  /** The picture brought to a size. @throws InputError where it cannot be read. */
  read(picture: Picture, sizing: Sizing): Promise<Pixels>
  /** See `Backbone.takeNotices`. */
  takeNotices?(): readonly string[]
  /** See `Preprocessing.checks`. */
  readonly checks?: InputChecks<Picture>
  /** See `Preprocessing.dissect`. */
  dissect?(picture: Picture, sizing: Sizing, grid?: Grid): Promise<Dissected>
}

type Dissect<Picture> = NonNullable<PictureReader<Picture>['dissect']>

/** Of the tensors that are made of a picture's pixels, whoever reads them. */
const preprocessingId = 'image/1'

/**
 * Prepared pictures in a window take about this many bytes: enough for several batches, so that one large picture does
 * not hold up the network, and little beside what the network itself needs.
 */
const windowBytes = 2 ** 23

/**
 * Pictures as float32 tensors of one size, `[batch, 3, height, width]` or `[batch, height, width, 3]`. They are read when they
 * are prepared.
 *
 * @throws OptionError for settings outside their range
 */
export function picturePreprocessing<Picture>(
  config: ImagePreprocessingConfig,
  reader: PictureReader<Picture>,
): Preprocessing<Picture, Pixels> {
  const parsed = configSchema.safeParse(config)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const who = `image preprocessing, setting "${issue?.path.join('.')}"`
    throw new OptionError(who, 'a valid value', issue?.message ?? 'another', 'Correct it.')
  }
  const { input, size, channels, values, layout, resize, cropFraction, kernel } = parsed.data
  const [height, width] = typeof size === 'number' ? [size, size] : size
  const sizing = { height, width, resize, cropFraction, kernel }
  /** What becomes of each value of a byte: of red, of green and of blue. */
  const [reds, greens, blues] = [0, 1, 2].map((channel) =>
    Float32Array.from({ length: 256 }, (_, value) => toNumber(values, value, channel)),
  ) as [Float32Array, Float32Array, Float32Array]
  // From one number of the tensor to that of the next channel, and of the next pixel.
  const [channelStride, pixelStride] = layout === 'nchw' ? [height * width, 1] : [1, 3]
  // From where a pixel begins to its red, green and blue.
  const [red, green, blue] = (channels === 'rgb' ? [0, 1, 2] : [2, 1, 0]).map((channel) => channel * channelStride) as [
    number,
    number,
    number,
  ]
  const dims = layout === 'nchw' ? [3, height, width] : [height, width, 3]

  return {
    id: preprocessingId,
    config: parsed.data satisfies JsonObject,
    files: new Map(),
    windowSize: Math.max(8, Math.floor(windowBytes / (height * width * 3))),
    takes: pictures,
    contentKey: (picture) => reader.contentKey(picture),
    prepare: (picture) => reader.read(picture, sizing),
    takeNotices: () => reader.takeNotices?.() ?? [],
    ...(reader.checks && { checks: reader.checks }),
    ...(reader.dissect && {
      dissect: async (picture, grid) => (reader.dissect as Dissect<Picture>)(picture, sizing, grid),
    }),
    // A batch holds 4 of 224 x 224: what a convolution of a mobile network makes of them still fits in the cache.
    cost: () => (height * width) / 98,
    collate(batch) {
      const data = new Float32Array(batch.length * height * width * 3)
      for (const [index, { data: bytes }] of batch.entries()) {
        let place = index * bytes.length
        for (let byte = 0; byte < bytes.length; byte += 3, place += pixelStride) {
          data[place + red] = reds[bytes[byte] as number] as number
          data[place + green] = greens[bytes[byte + 1] as number] as number
          data[place + blue] = blues[bytes[byte + 2] as number] as number
        }
      }
      return { [input]: tensor('float32', [batch.length, ...dims], data) }
    },
    forTransformers: () => imagesForTransformers(parsed.data),
    forOnnx: () => imagesForOnnx(parsed.data),
  }
}

/** Makes the preprocessing of a saved model again, for pictures that are read in some way. */
export function pictureLoader<Picture>(reader: PictureReader<Picture>): PreprocessingLoader<Picture> {
  return {
    id: preprocessingId,
    load(config) {
      const parsed = configSchema.safeParse(config)
      if (parsed.success) return picturePreprocessing(parsed.data, reader)
      const got = `${JSON.stringify(config)} (${parsed.error.issues[0]?.message})`
      throw new DataError('saved image preprocessing', 'its settings', got, 'Train the model again.')
    },
  }
}

function toNumber(values: ImagePreprocessingConfig['values'], value: number, channel: number): number {
  if ('scale' in values) return value * values.scale + values.offset
  return (value / 255 - (values.mean[channel] as number)) / (values.std[channel] as number)
}

/** What encoders of pictures take. Which objects are pictures, the reader of a place says: a browser has others. */
const pictures: TakenInputs = {
  what: 'a path, a file: or data: URL, bytes, a Blob or pixels',
  is: (input) => typeof input === 'string' || (typeof input === 'object' && input !== null),
}
