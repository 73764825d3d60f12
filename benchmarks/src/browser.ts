import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { fineTune, loadModel, universalSentenceEncoder } from '@headstart/nlp'
import * as vision from '@headstart/vision'
import sharp from 'sharp'
import { chromium, openChromium } from '../../packages/web/test/chromium.js'
import { onnxruntimeWeb, pathTo, serveSite } from '../../packages/web/test/site.js'
import { atMost, type Benchmark, type Figure } from './figure.js'
import { median, secondsOf } from './measure.js'
import { reviews } from './reviews.js'

const rounds = 3
/** Sizes of the picture that is asked about, in pixels: of a photo of a telephone. */
const [width, height] = [4000, 3000]

const page = (model: string, query: string): string => `<!doctype html><script type="module">
  import { loadModel } from '/headstart/standalone.js'
  const model = await loadModel('/models/${model}', { wasm: '/onnxruntime/' })
  await model.predict([${JSON.stringify(query)}])
  globalThis.seconds = performance.now() / 1000
</script>`

/** From the address to the first answer, in a browser that has seen nothing of it yet, from a server on this machine. */
export const browser: Benchmark = {
  title: 'A saved model in a browser (Chromium)',
  async run() {
    const bundle = await readFile(pathTo('packages/web/dist/standalone.js'))
    const size = atMost('kB of JavaScript, compressed', gzipSync(bundle, { level: 9 }).length / 1000, 200, 'all of it')
    if (chromium === undefined) return [size, { what: 'first answer', measured: 'left out: there is no Chromium' }]
    const folder = await mkdtemp(join(tmpdir(), 'headstart-browser-'))
    const site = await serveSite({
      models: folder,
      headstart: pathTo('packages/web/dist'),
      onnxruntime: onnxruntimeWeb,
    })
    try {
      await writeFile(join(folder, 'photo.jpg'), await photo())
      await saveModels(folder)
      const figures: Figure[] = []
      for (const [name, query] of [
        ['texts', 'A great place.'],
        ['pictures', '/models/photo.jpg'],
      ] as const) {
        site.answers.set(
          '/page',
          (_, response) => void response.setHeader('content-type', 'text/html').end(page(name, query)),
        )
        const seconds: number[] = []
        for (let round = 0; round < rounds; round++)
          seconds.push(await firstAnswer(join(folder, `browser-${name}-${round}`), site.origin))
        const inNode = name === 'texts' ? await secondsInNode(join(folder, name), query) : undefined
        const beside =
          inNode === undefined ? `a photo of ${(width * height) / 1e6} megapixels` : `in Node ${inNode.toFixed(2)} s`
        figures.push(atMost(`seconds to the first answer, ${name}`, median(seconds), 3, beside, ' s'))
      }
      return [size, ...figures]
    } finally {
      await site.close()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function firstAnswer(profile: string, origin: string): Promise<number> {
  const context = await openChromium(profile)
  try {
    const opened = await context.newPage()
    // A browser that was just started with a new profile is busy with itself.
    await setTimeout(3000)
    await opened.goto(`${origin}/page`)
    const seconds = await opened.waitForFunction(() => (globalThis as { seconds?: number }).seconds)
    return (await seconds.jsonValue()) as number
  } finally {
    await context.close()
  }
}

function secondsInNode(folder: string, text: string): Promise<number> {
  return secondsOf(async () => {
    await using model = await loadModel(folder)
    await model.predict([text])
  })
}

async function saveModels(folder: string): Promise<void> {
  const some = reviews().subset(Array.from({ length: 60 }, (_, place) => 50 * place))
  await (await fineTune(await universalSentenceEncoder(), some, { cache: false })).save(join(folder, 'texts'))
  const colors = ['#c33', '#933', '#33c', '#339']
  const plain = colors.map(async (background) => ({
    input: new Uint8Array(
      await sharp({ create: { width: 64, height: 64, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
    label: background.startsWith('#33') ? 'blue' : 'red',
  }))
  const pictures = vision.dataset(await Promise.all(plain))
  await (await vision.fineTune(await vision.mobileNetV2(), pictures, { cache: false })).save(join(folder, 'pictures'))
}

function photo(): Promise<Buffer> {
  const data = new Uint8Array(width * height * 3)
  for (let place = 0; place < data.length; place++)
    data[place] = 128 + 90 * Math.sin(place / 977) * Math.cos(place / 71)
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer()
}
