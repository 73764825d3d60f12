import { expect, it } from 'vitest'
import { dataset, fineTune, mobileNetV2, type PixelData } from '../src/index.js'

/** A picture of one color. */
function plain(red: number, green: number, blue: number, size = 24): PixelData {
  const data = new Uint8Array(size * size * 3)
  for (let i = 0; i < data.length; i += 3) data.set([red, green, blue], i)
  return { data, width: size, height: size }
}

it('a picture of one pixel is answered, and so is whether it is known', async () => {
  const examples = Array.from({ length: 4 }, (_, i) => [
    { input: plain(200 + 10 * i, 10 * i, 0), label: 'red' },
    { input: plain(0, 10 * i, 200 + 10 * i), label: 'blue' },
  ]).flat()
  const model = await fineTune(await mobileNetV2(), dataset(examples), { cache: false, l2: 0.01 })
  const [pixel] = await model.predict([plain(255, 0, 0, 1)], { unknown: 0.05 })
  expect(pixel).toMatchObject({ known: expect.any(Boolean), familiarity: expect.any(Number), nearest: 'red' })
})
