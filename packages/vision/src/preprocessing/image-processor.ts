import { ModelFilesError } from '@headstart/hub'
import type { JsonObject } from '@headstart/core'
import { z } from 'zod'
import type { ImagePreprocessingConfig } from './image-settings.js'

const side = z.int().min(1).max(8192)
const channels = z.array(z.number()).length(3)

/** What is read of `preprocessor_config.json`; older files have a number for a size. */
const processorSchema = z.object({
  image_processor_type: z.string().optional(),
  feature_extractor_type: z.string().optional(),
  do_resize: z.boolean().optional(),
  size: z
    .union([
      side,
      z.object({ height: side, width: side }),
      z.object({ shortest_edge: side, longest_edge: side.optional() }),
    ])
    .optional(),
  do_center_crop: z.boolean().optional(),
  crop_size: z.union([side, z.object({ height: side, width: side })]).optional(),
  crop_pct: z.number().gt(0).max(1).nullish(),
  resample: z.int().min(0).max(5).optional(),
  do_rescale: z.boolean().optional(),
  rescale_factor: z.number().gt(0).optional(),
  rescale_offset: z.boolean().optional(),
  include_top: z.boolean().optional(),
  do_normalize: z.boolean().optional(),
  image_mean: channels.optional(),
  image_std: channels.optional(),
  do_flip_channel_order: z.boolean().optional(),
  do_pad: z.boolean().optional(),
})

type Processor = z.infer<typeof processorSchema>

/** Filters of Pillow by their number; box and Hamming are not among sharp's. */
const kernels = ['nearest', 'lanczos3', 'linear', 'cubic', 'linear', 'linear'] as const

/**
 * The settings that `preprocessor_config.json` of a published encoder stands for. Pictures are made smaller with a filter
 * over all their pixels, as in Python where the networks were trained; Transformers.js interpolates between the nearest
 * ones, and its numbers differ for pictures of another size than the network's.
 *
 * @param who Named in errors.
 * @throws ModelFilesError for settings that are damaged, and for those of networks that take no whole pictures of one size.
 */
export function imageProcessor(who: string, json: JsonObject, input: string): ImagePreprocessingConfig {
  const parsed = processorSchema.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const got = `${issue?.path.join('.')}: ${issue?.message}`
    throw new ModelFilesError(who, 'preprocessor_config.json of an image encoder', got, 'Get the file again.')
  }
  const processor = parsed.data
  return {
    input,
    ...sizing(who, processor),
    kernel: kernels[processor.resample ?? 2] ?? 'linear',
    channels: processor.do_flip_channel_order ? 'bgr' : 'rgb',
    values: values(processor),
  }
}

/** Whether a picture is brought to the shorter side of it with its proportions, or squashed; and what is cropped. */
function sizing(who: string, processor: Processor): Pick<ImagePreprocessingConfig, 'size' | 'resize' | 'cropFraction'> {
  const { size, do_resize = size !== undefined, do_center_crop = false, crop_size = size } = processor
  const crop = do_center_crop ? sidesOf(crop_size) : undefined
  const whole = do_resize ? size : crop_size
  const sides = sidesOf(whole)
  if (!sides || (do_center_crop && !crop)) {
    throw new ModelFilesError(
      who,
      'preprocessor_config.json with the size of pictures',
      'none',
      'Choose a model for image features.',
    )
  }
  const isShortest = typeof whole === 'object' ? 'shortest_edge' in whole : do_center_crop
  if (isOf('ConvNext', processor)) {
    // It crops a share below 384 pixels, and squashes above (transformers, ConvNextImageProcessor).
    const [edge] = sides
    return edge < 384
      ? { size: edge, resize: 'crop', cropFraction: processor.crop_pct ?? 224 / 256 }
      : { size: edge, resize: 'squash' }
  }
  const resize = isShortest || !do_resize ? 'crop' : 'squash'
  if (!crop) return { size: sides, resize }
  const fraction = Math.max(crop[0] / sides[0], crop[1] / sides[1])
  return { size: crop, resize, cropFraction: Math.min(fraction, 1) }
}

function isOf(family: string, { image_processor_type, feature_extractor_type }: Processor): boolean {
  return (image_processor_type ?? feature_extractor_type ?? '').startsWith(family)
}

function sidesOf(size: Processor['size'] | Processor['crop_size']): [height: number, width: number] | undefined {
  if (size === undefined) return undefined
  if (typeof size === 'number') return [size, size]
  return 'shortest_edge' in size ? [size.shortest_edge, size.shortest_edge] : [size.height, size.width]
}

/** What becomes of a value v of 0 to 255: v · factor + offset, then less the mean, divided by the deviation. */
function values(processor: Processor): ImagePreprocessingConfig['values'] {
  const { do_rescale = true, rescale_factor = 1 / 255, rescale_offset = false, image_mean, image_std } = processor
  const { do_normalize = image_mean !== undefined } = processor
  const [factor, offset] = do_rescale ? [rescale_factor, rescale_offset ? -1 : 0] : [1, 0]
  if (!do_normalize || !image_mean || !image_std) return { scale: factor, offset }
  // EfficientNet divides by the deviation once more, as it was trained (transformers, EfficientNetImageProcessor).
  const isTwice = isOf('EfficientNet', processor) && (processor.include_top ?? true)
  const [mean, std] = [
    image_mean.map((one) => (one - offset) / (255 * factor)),
    image_std.map((one) => (isTwice ? one * one : one) / (255 * factor)),
  ]
  return { mean: mean as [number, number, number], std: std as [number, number, number] }
}
