import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { type Color, fields, hugePng, noise, numbersTiff, withChunk, plain, writeFiles } from '../../test/pictures.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { isRaster } from './explain-unreadable.js'
import type { ImageSource } from './image-input.js'
import { checkImage, readImage } from './read-image.js'
import type { Sizing } from './sizing.js'
import type { Pixels } from './pixels.js'

const sizing = (change: Partial<Sizing> = {}): Sizing => ({
  height: 8,
  width: 8,
  resize: 'squash',
  cropFraction: 1,
  kernel: 'linear',
  ...change,
})

/** The color at a place that is given in shares of width and height. */
function colorAt({ width, height, data }: Pixels, x: number, y: number): Color {
  const pixel = (Math.floor(y * height) * width + Math.floor(x * width)) * 3
  return [...data.subarray(pixel, pixel + 3)] as unknown as Color
}

function expectColor(actual: Color, expected: Color, tolerance = 6): void {
  const difference = Math.max(...actual.map((value, channel) => Math.abs(value - (expected[channel] as number))))
  expect(difference, `${actual} beside ${expected}`).toBeLessThanOrEqual(tolerance)
}

const orange: Color = [220, 120, 40]
const as = (encode: (image: Sharp) => Sharp, image = plain(orange)): Promise<Buffer> => encode(image).toBuffer()

describe('readImage', () => {
  it('reads bytes of another realm, as a test runner has them', async () => {
    const bytes = await as((image) => image.png())
    const foreign = (runInNewContext('(bytes) => Uint8Array.from(bytes)') as (bytes: Buffer) => Uint8Array)(bytes)
    expect(foreign).not.toBeInstanceOf(Uint8Array)
    expect(await readImage(foreign)).toEqual(await readImage(bytes))
  })

  it.each<[string, () => Promise<Buffer>]>([
    ['JPEG', () => as((image) => image.jpeg())],
    ['progressive JPEG', () => as((image) => image.jpeg({ progressive: true }))],
    ['PNG', () => as((image) => image.png())],
    ['interlaced PNG', () => as((image) => image.png({ progressive: true }))],
    ['PNG with a palette', () => as((image) => image.png({ palette: true }))],
    ['PNG of 16 bits', () => as((image) => image.toColorspace('rgb16').png())],
    ['WebP', () => as((image) => image.webp())],
    ['AVIF', () => as((image) => image.avif())],
    ['GIF', () => as((image) => image.gif())],
    ['TIFF', () => as((image) => image.tiff())],
    [
      'JPEG in another color space (Display P3)',
      () => as((image) => image.withIccProfile('p3').jpeg({ quality: 100 })),
    ],
  ])('reads 8-bit sRGB from a %s', async (_, bytes) => {
    const pixels = await readImage(await bytes())
    expect(pixels).toMatchObject({ width: 24, height: 16 })
    expect(pixels.data).toHaveLength(24 * 16 * 3)
    expectColor(colorAt(pixels, 0.5, 0.5), orange)
  })

  it('converts CMYK to the colors that it prints', async () => {
    const inks = await as((image) => image.toColorspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 100 }))
    expect(await sharp(inks).metadata()).toMatchObject({ space: 'cmyk', channels: 4 })
    // Close to orange, for inks do not reach all of sRGB; without the profile it would be far off.
    expectColor(colorAt(await readImage(inks), 0.5, 0.5), orange, 30)
  })

  it.each<[string, () => Promise<Buffer>]>([
    ['8 bits', () => as((image) => image.grayscale().jpeg())],
    ['16 bits', () => as((image) => image.toColorspace('grey16').png())],
    ['8 bits and transparency', () => as((image) => image.grayscale().ensureAlpha(1).png())],
  ])('gives gray of %s as three equal channels', async (_, bytes) => {
    const pixels = await readImage(await bytes(), { sizing: sizing() })
    const [red, green, blue] = colorAt(pixels, 0.5, 0.5)
    expect([green, blue]).toEqual([red, red])
    expect(red).toBeGreaterThan(100)
    expect(pixels.data).toHaveLength(8 * 8 * 3)
  })

  it('puts what is transparent on white', async () => {
    const half = await as((image) => image.ensureAlpha(0.5).png())
    expectColor(colorAt(await readImage(half), 0.5, 0.5), [238, 188, 148])
    const none = await as((image) => image.ensureAlpha(0).webp({ lossless: true }))
    expectColor(colorAt(await readImage(none, { sizing: sizing() }), 0.5, 0.5), [255, 255, 255])
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns a picture upright by its EXIF orientation %d', async (orientation) => {
    const upright = await readImage(await fields().png().toBuffer())
    // How the picture lies in the file: turned, then mirrored left to right. Two steps, for sharp has an order of its own.
    const [degrees, isMirrored] = lying[orientation] as [number, boolean]
    const turned = sharp(await fields().rotate(degrees).png().toBuffer())
    const stored = await (isMirrored ? turned.flop() : turned).png().toBuffer()
    const marked = await sharp(stored)
      .withMetadata({ orientation })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer()
    const pixels = await readImage(marked)
    expect(pixels).toMatchObject({ width: upright.width, height: upright.height })
    for (const [x, y] of [
      [0.2, 0.1],
      [0.8, 0.1],
      [0.2, 0.5],
      [0.8, 0.5],
      [0.2, 0.9],
      [0.8, 0.9],
    ] as const) {
      expectColor(colorAt(pixels, x, y), colorAt(upright, x, y))
      expectColor(colorAt(await readImage(marked, { sizing: sizing() }), x, y), colorAt(upright, x, y), 40)
    }
  })

  it('reads the first frame of a GIF that moves', async () => {
    const frames = await Promise.all([plain([255, 0, 0]), plain([0, 0, 255])].map((image) => image.png().toBuffer()))
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 100] })
      .toBuffer()
    expect(await sharp(gif).metadata()).toMatchObject({ pages: 2 })
    const pixels = await readImage(gif)
    expect(pixels).toMatchObject({ width: 24, height: 16 })
    expectColor(colorAt(pixels, 0.5, 0.5), [255, 0, 0])
  })

  it('takes a JPEG with bytes after its end, as other viewers do', async () => {
    const bytes = Buffer.concat([await as((image) => image.jpeg()), Buffer.from('<!-- added by a web server -->')])
    expectColor(colorAt(await readImage(bytes), 0.5, 0.5), orange)
  })

  it('draws an SVG, and nothing into it that lies beside', async () => {
    const folder = await temporaryFolder()
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">
      <rect width="10" height="10" fill="#dc7828"/><image href="blue.png" width="10" height="10"/></svg>`
    await writeFiles(folder, { 'blue.png': plain([0, 0, 255]), 'drawing.svg': drawing })
    // Under any name, for it is judged by what stands in it; packed as well.
    await writeFiles(folder, {
      'drawing.png': drawing,
      drawing,
      'drawing.svgz': gzipSync(drawing),
      'b.jpg': gzipSync(drawing),
    })
    for (const name of ['drawing.svg', 'drawing.png', 'drawing', 'drawing.svgz', 'b.jpg']) {
      await checkImage(join(folder, name))
      const pixels = await readImage(join(folder, name), { sizing: sizing({ height: 64, width: 64 }) })
      expectColor(colorAt(pixels, 0.5, 0.5), orange)
    }
  })

  it.each([
    '<svg xmlns=""/>',
    '<!--ftypavif--><svg/>',
    '<!--....WEBP--><svg/>',
    ' <svg/>',
    '\xef\xbb\xbf<svg/>',
    '\xff\xfe<\0s\0v\0g\0',
    '\0<\0s\0v\0g',
    '\0\0\0<\0\0\0s',
    '\x1f\x8b\x08',
  ])('takes what can be a drawing for one: %j', (start) => {
    expect(isRaster(Buffer.from(start, 'latin1'))).toBe(false)
  })

  it('reads the same from a File, a Blob, buffers, URLs and pixels', async () => {
    const bytes = await as((image) => image.png())
    const pixels = await readImage(bytes)
    const { buffer } = new Uint8Array(bytes)
    const rgba = new Uint8ClampedArray(await plain(orange).ensureAlpha().raw().toBuffer())
    const url = `data:image/png;base64,${bytes.toString('base64')}`
    const inputs: ImageSource[] = [
      new Blob([bytes]),
      new File([bytes], 'cat.png'),
      buffer,
      new DataView(buffer),
      new Uint16Array(buffer.slice(0, buffer.byteLength - (buffer.byteLength % 2))),
      url,
      new URL(url),
      pixels,
      { width: 24, height: 16, data: rgba },
    ]
    for (const input of inputs) expect(await readImage(input)).toEqual(pixels)
    const drawing = 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" width="9" height="4"/%3E'
    expect(await readImage(drawing)).toMatchObject({ width: 9, height: 4 })
  })

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /^picture: expected a path, .*, got undefined\. Leave it out\.$/],
    ['a number', 42, /got number/],
    ['another object', { cat: 1 }, /got another object/],
    ['too few pixels', { width: 2, height: 2, data: new Uint8Array(5) }, /^picture of 2 x 2 pixels: .*got 5 numbers/],
    ['a data: URL without data', 'data:image/png', /^picture in a data: URL: expected .* without a comma/],
    ['a data: URL of a text', 'data:,hello', /^picture in a data: URL: expected a picture .*got a text/],
    ['a File of a text', new File(['hello'], 'cat.png'), /^cat\.png: expected a picture .*got a text/],
    ['the file of another machine', 'file://elsewhere/cat.png', /expected the file: URL of a file on this machine/],
  ])('refuses %s', async (_, input, message) => {
    await expect(readImage(input as ImageSource)).rejects.toThrow(message)
    await expect(readImage(input as ImageSource)).rejects.toMatchObject({ name: 'InputError' })
  })

  it('reads no file where paths are forbidden, whether there is one or not', async () => {
    const path = join(await temporaryFolder(), '1.png')
    await plain(orange).toFile(path)
    for (const input of [path, `${path}.none`, pathToFileURL(path), pathToFileURL(path).href]) {
      await expect(readImage(input, { paths: false })).rejects.toThrow(
        /: expected bytes, pixels or a data: URL, got a path\. Files are not read here/,
      )
    }
    expect(await readImage(await readFile(path), { paths: false })).toEqual(await readImage(path))
  })

  it('leaves the cache of sharp as the program set it', async () => {
    const script = `
      import sharp from 'sharp'
      import { readImage } from ${JSON.stringify(new URL('read-image.ts', import.meta.url).href)}
      const before = JSON.stringify(sharp.cache())
      await readImage({ width: 1, height: 1, data: new Uint8Array(3) })
      console.log(JSON.stringify(sharp.cache()) === before, sharp.cache().items.max > 0)`
    const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      encoding: 'utf8',
    })
    expect(stdout).toBe('true true\n')
  })

  it.each<[string, number, 'float' | 'ushort' | 'short', (place: number) => number, string]>([
    ['numbers from 0 to 1', 1, 'float', (place) => place / 63, 'numbers from 0 to 1'],
    ['numbers from 0 to 255', 1, 'float', (place) => (place * 255) / 63, 'numbers from 0 to 255'],
    ['numbers below 0', 1, 'float', (place) => place - 10, 'numbers beyond 0 to 255'],
    ['signed numbers', 1, 'short', (place) => place * 65, '12 bits in 16'],
    ['12 bits in 16', 1, 'ushort', (place) => place * 65, '12 bits in 16'],
    ['colors from 0 to 1', 3, 'float', (place) => place / 63, 'numbers from 0 to 1'],
    ['colors of 12 bits in 16', 3, 'ushort', (place) => place * 65, '12 bits in 16'],
  ])('brings a TIFF of %s to the brightness of a screen, and says so', async (_, channels, type, numberAt, said) => {
    const from: string[] = []
    const values = Array.from({ length: 64 * channels }, (__, place) => numberAt(Math.floor(place / channels)))
    const tiff = numbersTiff(8, 8, type, values)
    const { data } = await readImage(tiff, { onScaled: (what) => from.push(what) })
    expect(from).toEqual([said])
    for (const place of [0, 20, 40, 63]) {
      expectColor(
        [...data.subarray(place * 3, place * 3 + 3)] as unknown as Color,
        [place * 4, place * 4, place * 4],
        4,
      )
    }
    expectColor(colorAt(await readImage(tiff, { sizing: sizing({ width: 1, height: 1 }) }), 0, 0), [127, 127, 127], 4)
  })

  it('takes 16 bits that are used as they are', async () => {
    const from: string[] = []
    const tiff = numbersTiff(
      8,
      8,
      'ushort',
      Array.from({ length: 64 }, (_, place) => place * 1000),
    )
    const { data } = await readImage(tiff, { onScaled: (what) => from.push(what) })
    expect(from).toEqual([])
    expect(Math.max(...data)).toBeGreaterThan(230)
  })

  it('goes by the range that a file says, before that of its numbers', async () => {
    const dark = Array.from({ length: 64 }, (_, place) => place * 16)
    const read = async (bytes: Buffer): Promise<[number, string[]]> => {
      const from: string[] = []
      const { data } = await readImage(bytes, { onScaled: (what) => from.push(what) })
      return [Math.max(...data), from]
    }
    const tiff = (...tags: [number, number][]) => numbersTiff(8, 8, 'ushort', dark, tags)
    expect(await read(tiff())).toEqual([251, ['10 bits in 16']])
    expect(await read(tiff([340, 0], [341, 4095]))).toEqual([63, ['numbers from 0 to 4095, as the file says']])
    // What only says which numbers there are, as TIFF 6.0 has it, does not count.
    expect(await read(tiff([281, 4095]))).toEqual([251, ['10 bits in 16']])
    const raw = { width: 8, height: 8, channels: 1, depth: 'ushort' } as const
    const png = await sharp(Uint16Array.from(dark), { raw }).toColorspace('grey16').png().toBuffer()
    expect(await read(withChunk(png, 'sBIT', Buffer.of(12)))).toEqual([
      63,
      ['numbers from 0 to 4095, as the file says'],
    ])
    const [asItIs, from] = await read(withChunk(png, 'sBIT', Buffer.of(16)))
    expect(asItIs).toBeLessThan(10)
    expect(from).toEqual([])
  })

  it('scales a PNG of 12 bits in 16', async () => {
    const numbers = Uint16Array.from({ length: 64 }, (_, place) => place * 65)
    const raw = { width: 8, height: 8, channels: 1, depth: 'ushort' } as const
    const png = await sharp(numbers, { raw }).toColorspace('grey16').png().toBuffer()
    expect(Math.max(...(await readImage(png)).data)).toBeGreaterThan(250)
  })

  it('reads the same from a path, a URL and bytes, whatever the name', async () => {
    const folder = await temporaryFolder()
    const names = ['a b.png', 'it\'s "new".png', 'größe-🐈.png', '100%.png', 'x[page=1]', '[1].png', '#1?.png', '-.png']
    await writeFiles(
      folder,
      Object.fromEntries(await Promise.all(names.map(async (name) => [name, await as((image) => image.png())]))),
    )
    for (const name of names) {
      const path = join(folder, name)
      const expected = await readImage(await readFile(path))
      expect(await readImage(path), name).toEqual(expected)
      expect(await readImage(pathToFileURL(path)), name).toEqual(expected)
    }
  })
})

it.each(['jpg', 'png', 'webp', 'avif', 'gif', 'tif'])('a changed .%s file is read anew', async (ending) => {
  const path = join(await temporaryFolder(), `picture.${ending}`)
  for (const red of [20, 120, 220]) {
    await plain([red, 0, 0]).toFile(path)
    expectColor(colorAt(await readImage(path), 0.5, 0.5), [red, 0, 0], 20)
    expectColor(colorAt(await readImage(path, { sizing: sizing() }), 0.5, 0.5), [red, 0, 0], 20)
  }
})

describe('a picture is brought to a size', () => {
  const wide = (): Sharp => fields(60, 36)

  it('by squashing', async () => {
    const pixels = await readImage(await wide().png().toBuffer(), { sizing: sizing({ height: 12, width: 10 }) })
    expect(pixels).toMatchObject({ width: 10, height: 12 })
    expectColor(colorAt(pixels, 0.2, 0.1), [255, 0, 0])
    expectColor(colorAt(pixels, 0.9, 0.9), [255, 255, 255])
  })

  it('by cropping its center', async () => {
    // 60 x 36 covers 12 x 12 as 20 x 12: a row in the middle of the two fields' border.
    const pixels = await readImage(await wide().png().toBuffer(), {
      sizing: sizing({ height: 12, width: 12, resize: 'crop' }),
    })
    expectColor(colorAt(pixels, 0.1, 0.5), [0, 0, 255])
    expectColor(colorAt(pixels, 0.9, 0.5), [255, 255, 0])
    // Half of each direction is cut off: the upper and lower fields are nearly gone.
    const closer = await readImage(await wide().png().toBuffer(), {
      sizing: sizing({ height: 12, width: 12, resize: 'crop', cropFraction: 0.3 }),
    })
    expect(closer).toMatchObject({ width: 12, height: 12 })
    expectColor(colorAt(closer, 0.1, 0), [0, 0, 255])
    expectColor(colorAt(closer, 0.9, 0.99), [255, 255, 0])
  })

  it('by padding with black', async () => {
    const pixels = await readImage(await wide().png().toBuffer(), {
      sizing: sizing({ height: 20, width: 20, resize: 'pad' }),
    })
    expectColor(colorAt(pixels, 0.5, 0), [0, 0, 0])
    expectColor(colorAt(pixels, 0.5, 0.99), [0, 0, 0])
    expectColor(colorAt(pixels, 0.2, 0.5), [0, 0, 255])
  })

  it('so that all its pixels count', async () => {
    const pixels = await readImage(await noise(1, { width: 64, height: 64 }).png().toBuffer(), {
      sizing: sizing({ height: 1, width: 1 }),
    })
    expectColor(colorAt(pixels, 0, 0), [127, 127, 127], 6)
  })

  it('from a JPEG that is decoded at a fraction of its size, as from all its pixels', async () => {
    const large = await noise(2, { width: 90, height: 70 })
      .resize(900, 700, { kernel: 'cubic' })
      .jpeg({ quality: 95 })
      .toBuffer()
    const asPng = await sharp(large).png().toBuffer()
    const small = { sizing: sizing({ height: 96, width: 96 }) }
    const [fast, slow] = [await readImage(large, small), await readImage(asPng, small)]
    const squares = fast.data.reduce((sum, value, place) => sum + (value - (slow.data[place] as number)) ** 2, 0)
    const decibel = 10 * Math.log10(255 ** 2 / (squares / fast.data.length))
    expect(decibel).toBeGreaterThan(30)
  })
})

describe('a picture that cannot be read is refused with words', () => {
  /** Big enough that half of it lacks pixels. */
  const large = (): Sharp => noise(3, { width: 200, height: 200 })

  it.each<[string, () => Promise<Uint8Array>, RegExp]>([
    [
      'a JPEG cut in half',
      async () => half(await large().jpeg().toBuffer()),
      /expected a whole JPEG, got one that is cut off or damaged \(.*premature end/,
    ],
    [
      'a PNG cut in half',
      async () => half(await large().png().toBuffer()),
      /expected a whole PNG, got one that is cut off or damaged/,
    ],
    [
      'a WebP cut in half',
      async () => half(await large().webp().toBuffer()),
      /expected a whole WebP, got one that is cut off or damaged/,
    ],
    [
      'a GIF cut in half',
      async () => half(await large().gif().toBuffer()),
      /expected a whole GIF, got one that is cut off or damaged/,
    ],
    [
      'a TIFF cut in half',
      async () => half(await large().tiff().toBuffer()),
      /expected a whole TIFF, got one that is cut off or damaged/,
    ],
    [
      'an AVIF cut in half',
      async () => half(await large().avif().toBuffer()),
      /expected a whole AVIF, got one that is cut off or damaged/,
    ],
    [
      'an SVG that breaks off',
      async () => Buffer.from('<svg width="9"'),
      /expected a whole SVG, got one that is cut off or damaged/,
    ],
    [
      'a text',
      async () => Buffer.from('BM is how a bitmap begins, and this text.'),
      /expected a picture \(JPEG, PNG, .*\), got a text\. Leave it out, or correct the path\./,
    ],
    ['other bytes', async () => Uint8Array.of(0, 1, 2, 3), /expected a picture \(JPEG, PNG, .*\), got something else/],
    ['nothing', async () => new Uint8Array(), /picture of 0 bytes: expected a picture, got an empty file/],
    [
      'a bitmap',
      async () => Buffer.from('BM\x36\0\0\0\0\0\0\0\x36', 'latin1'),
      /expected JPEG, PNG, .* or SVG, got BMP\. Convert the picture to JPEG or PNG\./,
    ],
    [
      'a HEIC',
      async () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
      /got HEIC\. Convert the picture/,
    ],
    ['a DICOM', async () => Buffer.from(`${'\0'.repeat(128)}DICM\x02\0`, 'latin1'), /got DICOM\. Convert the picture/],
    ['a PGM', async () => Buffer.from('P5\n2 2\n255\n....'), /got PGM or PPM\. Convert the picture/],
    ['a PDF', async () => Buffer.from('%PDF-1.7\n'), /got PDF\. Convert the picture/],
  ])('%s', async (_, bytes, message) => {
    const reading = readImage(await bytes())
    await expect(reading).rejects.toThrow(message)
    await expect(reading).rejects.toMatchObject({ name: 'InputError', fault: 'input' })
  })

  it('one of too many pixels, by its header', async () => {
    const message =
      /expected at most 100 megapixels, got 30000 x 30000 pixels\. Make the picture smaller, or raise pixelLimit\./
    await expect(readImage(hugePng(30_000, 30_000))).rejects.toThrow(message)
    await expect(readImage(hugePng(100, 99), { pixelLimit: 5000 })).rejects.toThrow(
      /at most 0\.005 megapixels, got 100 x 99/,
    )
    await expect(
      readImage(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"/>')),
    ).rejects.toThrow(/got 90000 x 90000/)
    const { data } = await readImage(await plain(orange, 100, 50).png().toBuffer(), { pixelLimit: 5000 })
    expect(data).toHaveLength(15_000)
  })

  it('what is no file, or none that can be read', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'folder.jpg'))
    await symlink('circle.jpg', join(folder, 'circle.jpg'))
    const at = (name: string): Promise<Pixels> => readImage(join(folder, name))
    await expect(at('none.jpg')).rejects.toThrow(
      /none\.jpg: expected a file or folder, got nothing of that name \(ENOENT\)\. Check the path\./,
    )
    await expect(at('folder.jpg')).rejects.toThrow(/folder\.jpg: expected a file, got a folder/)
    await expect(at('circle.jpg')).rejects.toThrow(/got symbolic links in a circle/)
    await expect(at('x'.repeat(300))).rejects.toThrow(/expected a path, got one that is too long/)
    for (const name of ['none.jpg', 'folder.jpg', 'circle.jpg'])
      await expect(at(name)).rejects.toMatchObject({ name: 'InputError' })
  })

  it.each(['https://example.org/cat.jpg', new URL('https://example.org/cat.jpg')])(
    'an address in the web: %s',
    async (address) => {
      const message =
        'https://example.org/cat.jpg: expected a path, a file: URL or bytes, got an address in the web. Nothing is downloaded'
      await expect(readImage(address)).rejects.toThrow(message)
    },
  )

  // Root may read everything: then a process of its own gives up that right.
  it.skipIf(process.platform === 'win32')('one without permission', async () => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { 'secret.png': plain(orange) })
    await chmod(folder, 0o755)
    await chmod(join(folder, 'secret.png'), 0o000)
    const script = `
      import { readImage } from ${JSON.stringify(new URL('read-image.ts', import.meta.url).href)}
      if (process.getuid() === 0) process.setuid(65534)
      await readImage(process.argv[1]).catch(({ name, message }) => console.log(name, message))`
    const { stdout } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script, join(folder, 'secret.png')],
      {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        encoding: 'utf8',
        env: { ...process.env, TSX_DISABLE_CACHE: '1' },
      },
    )
    expect(stdout).toMatch(
      /^InputError .*secret\.png: expected permission to read it, got none \(EACCES\)\. Change its permissions/,
    )
  })
})

/** Orientation in the EXIF standard: how far an upright picture is turned clockwise, and whether it is mirrored then. */
const lying: Record<number, [degrees: number, isMirrored: boolean]> = {
  1: [0, false],
  2: [0, true],
  3: [180, false],
  4: [180, true],
  5: [90, true],
  6: [270, false],
  7: [270, true],
  8: [90, false],
}

const half = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length >> 1)
