import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

/** Drawings that differ from one to the next in place, size and colors. */
const draw = {
  circle: (at: number, size: number, color: string) =>
    `<circle cx="${at}" cy="${at}" r="${size / 2}" fill="${color}"/>`,
  stripes: (at: number, size: number, color: string) =>
    [0, 1, 2, 3]
      .map(
        (stripe) =>
          `<rect x="10" y="${at / 2 + stripe * (size / 3)}" width="140" height="${size / 8}" fill="${color}"/>`,
      )
      .join(''),
}

export type Shape = keyof typeof draw

/** Writes JPEG files of a shape into `folder`, which is made, and gives their paths. */
export async function writePictures(folder: string, shape: Shape, count: number, skip = 0): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const place = skip + index
      const path = join(folder, `${shape} ${place}.jpg`)
      await mkdir(dirname(path), { recursive: true })
      const drawing = draw[shape](
        60 + ((place * 17) % 40),
        50 + ((place * 13) % 40),
        `hsl(${(place * 47) % 360}, 80%, 40%)`,
      )
      const paper = `hsl(${(place * 71) % 360}, 30%, 85%)`
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160"><rect width="160" height="160" fill="${paper}"/>${drawing}</svg>`
      await sharp(Buffer.from(svg)).jpeg().toFile(path)
      return path
    }),
  )
}
