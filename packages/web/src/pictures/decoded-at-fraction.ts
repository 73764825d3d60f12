import { type Pixels, shrinkOnLoad, type Sizing } from '@headstart/vision/load'
import type { Jpeg } from './jpeg.js'
import { pixelsOf } from './pixels-of.js'

/**
 * The pixels of a JPEG that `sharp` decodes at a half, a quarter or an eighth, by the same library: Chromium's decoder (WebCodecs) does
 * so where no more pixels are asked for. It takes a tenth of the time, and a photo is never in memory as a whole.
 * @returns undefined where the whole is to be decoded: by what other browsers have, or where the file is damaged.
 */
export async function decodedAtFraction(jpeg: Jpeg, sizing: Sizing): Promise<Pixels | undefined> {
  const factor = shrinkOnLoad(jpeg, sizing, jpeg.orientation)
  if (factor === 1 || !('ImageDecoder' in globalThis)) return undefined
  // libjpeg rounds up, and libvips leaves out what is no whole pixel.
  const [across, down] = [Math.ceil(jpeg.width / factor), Math.ceil(jpeg.height / factor)]
  const [width, height] = [Math.trunc(jpeg.width / factor), Math.trunc(jpeg.height / factor)]
  const size = { desiredWidth: across, desiredHeight: down }
  const decoder = new ImageDecoder({ data: jpeg.file, type: 'image/jpeg', ...size })
  try {
    const { image } = await decoder.decode()
    try {
      if (image.codedWidth !== across || image.codedHeight !== down) return undefined
      const data = new Uint8ClampedArray(width * height * 4)
      await image.copyTo(data, { format: 'RGBA', rect: { width, height } })
      return pixelsOf(new ImageData(data, width, height))
    } finally {
      image.close()
    }
  } catch {
    return undefined
  } finally {
    decoder.close()
  }
}
