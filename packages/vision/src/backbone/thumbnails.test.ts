import '@headstart/onnx/test'
import { testBackbone } from '@headstart/core/test'
import { expect, it } from 'vitest'
import { fields, noise, plain } from '../../test/pictures.js'
import type { ImageInput } from '../preprocessing/image-input.js'
import { thumbnails } from './thumbnails.js'

const pictures = [fields(), noise(1), plain([255, 0, 51], 40, 40)]
const inputs = await Promise.all(pictures.map(async (picture) => new Uint8Array(await picture.png().toBuffer())))

testBackbone<ImageInput>('thumbnails', { create: () => thumbnails(), inputs })

it('is the pixels themselves, from 0 to 1, one color after the other', async () => {
  const { data } = await thumbnails().embed(inputs.slice(2))
  const expected = [1, 0, 0.2].flatMap((value) => Array.from({ length: 16 * 16 }, () => value))
  expect(data).toBeAllclose(expected, { atol: 1e-6 })
})
