/** A picture in memory: 8-bit sRGB. */
export interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green and blue of each pixel, row by row from the top: `[height, width, 3]`. */
  readonly data: Uint8Array
}
