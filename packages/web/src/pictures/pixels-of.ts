import type { Pixels } from '@headstart/vision/load'

/** What holds pixels that a browser can read. */
export type Drawn = ImageBitmap | ImageData | HTMLCanvasElement | OffscreenCanvas

/**
 * The pixels of a picture, on white where it is transparent.
 *
 * A canvas keeps colors multiplied by alpha and so forgets some of them; a texture of WebGL does not, and takes longer. Where there is
 * none, or the picture is too large for it, a value is off by one where it is transparent.
 * @param opaque Whether it is known to be transparent nowhere.
 */
export function pixelsOf(drawn: Drawn, opaque = false): Pixels {
  const { width, height } = drawn
  if (drawn instanceof ImageData) return { width, height, data: onWhite(drawn.data) }
  const rgba = (opaque ? undefined : fromTexture(drawn)) ?? fromCanvas(drawn)
  return { width, height, data: onWhite(rgba) }
}

/** As `vips_flatten` rounds, which `sharp` uses. */
function onWhite(rgba: Uint8Array | Uint8ClampedArray): Uint8Array {
  const data = new Uint8Array((rgba.length / 4) * 3)
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] as number
    const white = 255 * (255 - alpha)
    data[to] = ((rgba[from] as number) * alpha + white) / 255
    data[to + 1] = ((rgba[from + 1] as number) * alpha + white) / 255
    data[to + 2] = ((rgba[from + 2] as number) * alpha + white) / 255
  }
  return data
}

function fromCanvas(drawn: Exclude<Drawn, ImageData>): Uint8ClampedArray {
  const { width, height } = drawn
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  context?.drawImage(drawn, 0, 0)
  return context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray(width * height * 4)
}

/** One for all pictures: browsers have few of them. */
let webgl: WebGL2RenderingContext | null | undefined

function fromTexture(drawn: Exclude<Drawn, ImageData>): Uint8Array | undefined {
  const { width, height } = drawn
  if (webgl === undefined || webgl?.isContextLost()) webgl = new OffscreenCanvas(1, 1).getContext('webgl2')
  const gl = webgl
  if (!gl || Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return undefined
  const [texture, frame] = [gl.createTexture(), gl.createFramebuffer()]
  gl.bindTexture(gl.TEXTURE_2D, texture)
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE)
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, drawn)
  gl.bindFramebuffer(gl.FRAMEBUFFER, frame)
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0)
  const data = new Uint8Array(width * height * 4)
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data)
  const worked = gl.getError() === gl.NO_ERROR
  gl.deleteFramebuffer(frame)
  gl.deleteTexture(texture)
  return worked ? data : undefined
}
