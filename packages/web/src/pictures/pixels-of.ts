import type { Pixels } from '@headstart/vision/load'

/** What holds pixels that a browser can read. */
export type Drawn = ImageBitmap | ImageData | HTMLCanvasElement | OffscreenCanvas

/** The pixels of a picture, on white where it is transparent. */
export function pixelsOf(drawn: Drawn): Pixels {
  const { width, height } = drawn
  return { width, height, data: onWhite(drawn instanceof ImageData ? drawn.data : rgbaOf(drawn)) }
}

/** As `vips_flatten` rounds, which `sharp` uses. */
function onWhite(rgba: Uint8Array | Uint8ClampedArray): Uint8Array {
  const data = new Uint8Array((rgba.length / 4) * 3)
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] as number
    for (let channel = 0; channel < 3; channel++)
      data[to + channel] = ((rgba[from + channel] as number) * alpha + 255 * (255 - alpha)) / 255
  }
  return data
}

/**
 * A canvas keeps colors multiplied by alpha and so forgets some of them; a texture of WebGL does not. Where there is none, or the
 * picture is too large for it, a value is off by one where it is transparent.
 */
function rgbaOf(drawn: Exclude<Drawn, ImageData>): Uint8Array | Uint8ClampedArray {
  return fromTexture(drawn) ?? fromCanvas(drawn)
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
