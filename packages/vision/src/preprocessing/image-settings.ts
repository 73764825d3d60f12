import * as z from 'zod'

const side = z.int().min(1).max(8192)
const share = z.number().gt(0).max(1)
const perChannel = z.tuple([z.number(), z.number(), z.number()])

/** Settings of `imagePreprocessing`. */
export const configSchema = z.strictObject({
  /** Name of the network's input. */
  input: z.string().min(1),
  /** Pixels of each side, or height and width. */
  size: z.union([side, z.tuple([side, side])]),
  /** See `Sizing`. Default 'crop'. */
  resize: z.enum(['crop', 'squash', 'pad']).default('crop'),
  /** See `Sizing`. Default 1; networks of torchvision are measured with 0.875. */
  cropFraction: share.default(1),
  /** See `Sizing`. Default 'linear', the antialiased bilinear resizing with which most networks are trained. */
  kernel: z.enum(['nearest', 'linear', 'cubic', 'mitchell', 'lanczos2', 'lanczos3']).default('linear'),
  /** Order of the channels. Default 'rgb'. */
  channels: z.enum(['rgb', 'bgr']).default('rgb'),
  /**
   * What becomes of a value v from 0 to 255: v * scale + offset, or (v / 255 - mean) / std with the mean and standard
   * deviation of red, green and blue, in this order whatever `channels` says.
   */
  values: z.union([
    z.strictObject({ scale: z.number(), offset: z.number() }),
    z.strictObject({ mean: perChannel, std: z.tuple([z.number().gt(0), z.number().gt(0), z.number().gt(0)]) }),
  ]),
  /** Order of the axes: [batch, channel, height, width] or [batch, height, width, channel]. Default 'nchw'. */
  layout: z.enum(['nchw', 'nhwc']).default('nchw'),
})

/** How pictures become the input of a network. Plain JSON. */
export type ImagePreprocessingConfig = z.input<typeof configSchema>

/** The same with every setting. */
export type ImageSettings = z.output<typeof configSchema>
