import '@headstart/onnx/test'
import { OptionError, random } from '@headstart/core/kit'
import { describe, expect, it } from 'vitest'
import { fields, noise } from '../../test/pictures.js'
import { augmentation, type AugmentationOptions } from './augmentation.js'
import { readImage } from './read-image.js'
import type { Pixels } from './pixels.js'

/** No change at all. */
const none: AugmentationOptions = {
  flip: false,
  crop: 1,
  stretch: 1,
  rotate: 0,
  brightness: 0,
  contrast: 0,
  saturation: 0,
}
const picture = await readImage(await fields(30, 36).png().toBuffer())
const smooth = await readImage(
  await noise(1, { width: 5, height: 4 }).resize(60, 48, { kernel: 'cubic' }).png().toBuffer(),
)

/** What some seeds make of a picture. */
const changed = (options: AugmentationOptions, pixels: Pixels = smooth, seeds = 40): Pixels[] => {
  const augment = augmentation({ ...none, ...options })
  return Array.from({ length: seeds }, (_, seed) => augment(pixels, random(seed)))
}
const colorAt = ({ width, height, data }: Pixels, x: number, y: number): number[] => {
  const pixel = (Math.floor(y * height) * width + Math.floor(x * width)) * 3
  return [...data.subarray(pixel, pixel + 3)]
}
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
const distance = (a: Pixels, b: Pixels): number =>
  mean(a.data.map((value, place) => Math.abs(value - (b.data[place] as number))))

describe('augmentation', () => {
  it('changes nothing where nothing is asked for', () => {
    for (const same of changed({}, picture, 3)) expect(same).toEqual(picture)
  })

  it('is the same for the same seed, another for another, and leaves the picture as it is', () => {
    const before = structuredClone(smooth)
    const augment = augmentation()
    expect(augment(smooth, random(1))).toEqual(augment(smooth, random(1)))
    expect(augment(smooth, random(1))).not.toEqual(augment(smooth, random(2)))
    expect(smooth).toEqual(before)
    const { width, height, data } = augment(smooth, random(3))
    expect([width, height, data.length]).toEqual([60, 48, 60 * 48 * 3])
  })

  it('mirrors about every other picture', () => {
    const mirrored = changed({ flip: true }, picture).map((pixels) => {
      const left = colorAt(pixels, 0, 0)
      if (left[0] === 255) expect(pixels).toEqual(picture)
      else for (const y of [0.1, 0.5, 0.9]) expect(colorAt(pixels, 0.1, y)).toEqual(colorAt(picture, 0.9, y))
      return left[0] === 255 ? 0 : 1
    })
    expect(mean(mirrored)).toBeGreaterThan(0.3)
    expect(mean(mirrored)).toBeLessThan(0.7)
  })

  it('cuts out parts of the picture, none smaller than asked for', () => {
    // Columns count up: what is left of the range from first to last is the share of the width.
    const ramp: Pixels = {
      width: 200,
      height: 10,
      data: Uint8Array.from({ length: 6000 }, (_, place) => Math.floor(place / 3) % 200),
    }
    const shares = changed({ crop: 0.25 }, ramp, 200).map((pixels) => {
      const [first, last] = [colorAt(pixels, 0, 0.5), colorAt(pixels, 0.999, 0.5)] as [number[], number[]]
      return ((last[0] as number) - (first[0] as number) + 1) / 200
    })
    // Uniform in area, so the side's mean is that of a root: (1 - 0.25 ^ 1.5) / (1.5 * 0.75).
    expect(Math.min(...shares)).toBeGreaterThan(0.48)
    expect(Math.max(...shares)).toBeLessThanOrEqual(1)
    expect(mean(shares)).toBeCloseTo(0.778, 1)
  })

  it('turns by up to as many degrees as asked for, in either direction, about the center', () => {
    const size = 101
    // A line from the center to the right; below it, where it is turned clockwise.
    const line: Pixels = {
      width: size,
      height: size,
      data: Uint8Array.from({ length: size * size * 3 }, (_, place) => {
        const [x, y] = [Math.floor(place / 3) % size, Math.floor(place / 3 / size)]
        return y === 50 && x >= 50 ? 255 : 0
      }),
    }
    const angles = changed({ rotate: 20 }, line).map((pixels) => {
      const column = Array.from({ length: size }, (_, y) => pixels.data[(y * size + 90) * 3] as number)
      const row = column.reduce((sum, value, y) => sum + value * y, 0) / column.reduce((sum, value) => sum + value, 0)
      return (Math.atan2(row - 50, 40) * 180) / Math.PI
    })
    expect(Math.max(...angles)).toBeLessThan(21)
    expect(Math.min(...angles)).toBeGreaterThan(-21)
    expect(Math.max(...angles)).toBeGreaterThan(14)
    expect(Math.min(...angles)).toBeLessThan(-14)
  })

  it('goes on as a mirror image beyond the edge', () => {
    for (const pixels of changed({ rotate: 45 }, { width: 20, height: 20, data: new Uint8Array(1200).fill(200) })) {
      expect(new Set(pixels.data)).toEqual(new Set([200]))
    }
  })

  it('multiplies brightness, distance from the mean, and distance from gray', () => {
    for (const { data } of changed({ brightness: 0.2 })) {
      const factor = mean(data) / mean(smooth.data)
      expect(factor).toBeGreaterThan(0.79)
      expect(factor).toBeLessThan(1.21)
      const expected = Float32Array.from(smooth.data, (value) => Math.min(255, value * factor))
      expect(Float32Array.from(data)).toBeAllclose(expected, { atol: 2 })
    }
    const spread = ({ data }: Pixels): number => {
      const middle = mean(data)
      return Math.sqrt(mean(Array.from(data, (value) => (value - middle) ** 2)))
    }
    const contrasts = changed({ contrast: 0.5 }, smooth, 10).map((pixels) => spread(pixels) / spread(smooth))
    expect(Math.min(...contrasts)).toBeLessThan(0.8)
    expect(Math.max(...contrasts)).toBeGreaterThan(1.2)
    const gray = {
      ...smooth,
      data: Uint8Array.from(smooth.data, (_, place) => smooth.data[place - (place % 3)] as number),
    }
    for (const pixels of changed({ saturation: 1 }, gray, 5)) expect(pixels).toEqual(gray)
    expect(Math.max(...changed({ saturation: 1 }).map((pixels) => distance(pixels, smooth)))).toBeGreaterThan(5)
  })

  it('leaves the other changes as they were where one is switched off', () => {
    const [all, without] = [
      augmentation({ ...none, crop: 0.5, rotate: 10 }),
      augmentation({ ...none, crop: 0.5, rotate: 0 }),
    ]
    const turned = Array.from({ length: 20 }, (_, seed) =>
      distance(all(smooth, random(seed)), without(smooth, random(seed))),
    )
    const other = Array.from({ length: 20 }, (_, seed) =>
      distance(all(smooth, random(seed)), without(smooth, random(seed + 100))),
    )
    expect(mean(turned)).toBeLessThan(mean(other))
  })

  it.each<[string, number]>([
    ['crop', 0],
    ['crop', 1.1],
    ['stretch', 0.5],
    ['rotate', -1],
    ['rotate', Number.NaN],
    ['brightness', 2],
    ['contrast', -0.1],
    ['saturation', 1.5],
  ])('refuses %s = %d', (option, value) => {
    expect(() => augmentation({ [option]: value })).toThrow(OptionError)
    expect(() => augmentation({ [option]: value })).toThrow(`augmentation, option "${option}": expected`)
  })
})
