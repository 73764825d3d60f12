import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { nearly } from '@headstart/core/test'
import * as nlp from '@headstart/nlp'
import { loadRecommender, type RecommendQuery } from '@headstart/recommender'
import * as vision from '@headstart/vision'
import type { BrowserContext, Page } from 'playwright-core'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as web from '../src/index.js'
import { chromium, openChromium } from './chromium.js'
import { type Answer, onnxruntimeWeb, pathTo, serveSite, type Site } from './site.js'

declare global {
  // In the page.
  var headstart: typeof web
}

if (chromium === undefined) {
  console.warn(
    'The tests in a browser are left out: there is no Chromium. Install it (Debian: apt-get install chromium) or name one in HEADSTART_CHROMIUM.',
  )
}

const sentences = [
  ['What a lovely day it was', 'good'],
  ['The food was great and the people kind', 'good'],
  ['I would come back at once', 'good'],
  ['Best film of the year', 'good'],
  ['A terrible waste of time', 'bad'],
  ['The room was cold and dirty', 'bad'],
  ['Never again', 'bad'],
  ['It broke on the first day', 'bad'],
] as const

/** Models that older versions saved, which every package has some of. */
function folderOf(name: string, kind = ''): string {
  return join(pathTo(`packages/${name}/test/fixtures/saved`), kind)
}

function saved<Answers>(name: string): [kind: string, Answers][] {
  return Object.entries(JSON.parse(readFileSync(folderOf(name, 'answers.json'), 'utf8')))
}

/** Pictures of several sizes and formats, some turned, some transparent. */
async function somePictures(): Promise<Map<string, Uint8Array>> {
  const of = (width: number, height: number, channels: 3 | 4 = 3): Sharp => {
    const data = Uint8Array.from({ length: width * height * channels }, (_, place) => {
      const [x, y, channel] = [
        Math.floor(place / channels) % width,
        Math.floor(place / channels / width),
        place % channels,
      ]
      return 128 + 70 * Math.sin(x / 9 + channel) * Math.cos(y / 7) + 50 * Math.sin((x * y) / 900 + channel)
    })
    return sharp(data, { raw: { width, height, channels } })
  }
  return new Map([
    ['large.png', await of(600, 420).png().toBuffer()],
    ['small.png', await of(100, 150).png().toBuffer()],
    ['transparent.png', await of(500, 400, 4).png().toBuffer()],
    ['gray.png', await of(300, 300).grayscale().png().toBuffer()],
    ['small.jpg', await of(120, 90).jpeg().toBuffer()],
    ['usual.jpg', await of(500, 375).jpeg({ quality: 85 }).toBuffer()],
    ['turned.jpg', await of(600, 450).withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    ['photo.jpg', await of(1000, 800).jpeg({ quality: 85 }).toBuffer()],
    ['mirrored.jpg', await of(400, 300).withMetadata({ orientation: 7 }).jpeg().toBuffer()],
  ])
}

describe.runIf(chromium !== undefined)('a saved model in Chromium', () => {
  let site: Site
  let folder = ''
  let browser: BrowserContext
  let page: Page
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headstart-web-'))
    site = await serveSite({
      trained: folder,
      nlp: folderOf('nlp'),
      vision: folderOf('vision'),
      recommender: folderOf('recommender'),
      headstart: pathTo('packages/web/dist'),
      onnxruntime: onnxruntimeWeb,
    })
    site.answers.set('/blank', (_, response) => {
      response
        .setHeader('content-type', 'text/html')
        .end(`<script type="module">globalThis.headstart = await import('/headstart/standalone.js')</script>`)
    })
    browser = await openChromium(join(folder, 'profile'), '--host-resolver-rules=MAP shop.example 127.0.0.1')
    page = await open('/blank')
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  /** Opens a page that has the package. @param before What runs on it before that. */
  async function open(path: string, origin = site.origin, before?: () => void): Promise<Page> {
    const opened = await browser.newPage()
    if (before) await opened.addInitScript(before)
    await opened.goto(origin + path)
    await opened.waitForFunction(() => globalThis.headstart !== undefined)
    return opened
  }

  /** What a model answers on a page. Queries of pictures are addresses. */
  function ask(path: string, queries: readonly unknown[], on = page): Promise<unknown[]> {
    return on.evaluate(
      async ([address, asked]) => {
        const model = await headstart.loadModel(address, { wasm: '/onnxruntime/' })
        const answers = await model.ask(asked as never[])
        await model.close()
        return answers
      },
      [path, queries] as const,
    )
  }

  it('answers of texts as in Node, with the built-in network', async () => {
    const examples = sentences.map(([input, label]) => ({ input, label }))
    const backbone = await nlp.universalSentenceEncoder()
    await using model = await nlp.fineTune(backbone, nlp.dataset(examples), { cache: false, l2: 1 })
    await model.save(join(folder, 'sentences'))
    const texts = ['A great place', 'it was awful', '', 'Zażółć gęślą jaźń \u{1F408} ﬁne', 'word '.repeat(300)]
    expect(await ask('/trained/sentences', texts)).toEqual(nearly(await model.predict(texts), 1e-4))
    await expectPage(model)
    await backbone.close()
  })

  /** The page of docs/browser.md, beside the files that it names. */
  async function expectPage(model: Pick<nlp.Model<string, 'good' | 'bad'>, 'predict'>): Promise<void> {
    const documentation = await readFile(pathTo('docs/browser.md'), 'utf8')
    const [, html = ''] = /```html\n(.*?)```/s.exec(documentation) ?? []
    const files: Record<string, string> = {
      'headstart.js': pathTo('packages/web/dist/standalone.js'),
      'ort-wasm-simd-threaded.wasm': join(onnxruntimeWeb, 'ort-wasm-simd-threaded.wasm'),
    }
    site.answers.set('/public/', async (request, response) => {
      const name = basename(request.url ?? '')
      if (request.url === '/public/') return void response.setHeader('content-type', 'text/html').end(html)
      response.setHeader('content-type', name.endsWith('.js') ? 'text/javascript' : 'application/wasm')
      response.end(await readFile(files[name] ?? join(folder, 'sentences', name)))
    })
    const shown = await browser.newPage()
    const trouble: string[] = []
    shown.on('pageerror', (error) => trouble.push(String(error)))
    await shown.goto(`${site.origin}/public/`)
    const answered = shown.getByRole('status').filter({ hasText: '%' })
    await answered.waitFor()
    for (const message of ['Where is my parcel?', 'A great place']) {
      const [answer] = await model.predict([message])
      await shown.getByLabel('A message').fill(message)
      await shown.getByText(`${answer?.label} (${Math.round(100 * (answer?.probability ?? 0))} %)`).waitFor()
    }
    expect(trouble).toEqual([])
    await shown.close()
  }

  it('answers of pictures as in Node, with the default network', async () => {
    const files = await somePictures()
    for (const [name, bytes] of files) await writeFile(join(folder, name), bytes)
    const examples = [...files].map(([name, input]) => ({ input, label: name.includes('jpg') ? 'photo' : 'drawing' }))
    const backbone = await vision.joinedMobileNets()
    await using model = await vision.fineTune(backbone, vision.dataset(examples), { cache: false, l2: 1 })
    await model.save(join(folder, 'pictures'))
    const addresses = [...files.keys()].map((name) => `/trained/${name}`)
    const answers = await model.predict([...files.values()])
    expect(await ask('/trained/pictures', addresses)).toEqual(nearly(answers, 1e-4))
    // Browsers in which nothing decodes a JPEG at a fraction.
    const other = await open('/blank', site.origin, () => {
      Reflect.deleteProperty(globalThis, 'ImageDecoder')
    })
    expect(await ask('/trained/pictures', addresses, other)).toEqual(nearly(answers, 1e-4))
    await other.close()
    await backbone.close()
  })

  it('answers as it did when it was saved, whatever its network and kind', async () => {
    for (const [kind, { inputs, predictions }] of saved<{ inputs: string[]; predictions: object[] }>('nlp'))
      expect(await ask(`/nlp/${kind}`, inputs), kind).toEqual(nearly(predictions, 1e-4))
    type OfPictures = { examples: { input: string }[]; predictions: object[]; tolerance: number }
    for (const [kind, { examples, predictions, tolerance }] of saved<OfPictures>('vision')) {
      const addresses = examples.map(({ input }) => `/vision/pictures/${input}`)
      expect(await ask(`/vision/${kind}`, addresses), kind).toEqual(nearly(predictions, Math.max(tolerance, 1e-4)))
    }
  })

  it('recommends as in Node, by whatever it was trained', async () => {
    for (const [kind, { questions }] of saved<{ questions: RecommendQuery[] }>('recommender')) {
      // Beside the queries stands what was answered.
      const queries = questions.map(({ history = [], k = 10, explain = false, diversity = 0 }) => {
        return { history, k, explain, diversity }
      })
      await using model = await loadRecommender(folderOf('recommender', kind))
      expect(await ask(`/recommender/${kind}`, queries), kind).toEqual(nearly(await model.ask(queries), 1e-4))
    }
  })

  describe('says what is wrong', () => {
    /** The error that loading a model, or asking it, ends with on a page. */
    async function problem(address: string, on = page): Promise<string> {
      return on.evaluate(async (from) => {
        try {
          await (await headstart.loadModel(from, { wasm: '/onnxruntime/' })).close()
          return 'no error'
        } catch (error) {
          return error instanceof headstart.HeadstartError ? error.message : `not of Headstart: ${String(error)}`
        }
      }, address)
    }

    /** Serves a saved model in which one file is answered in another way. */
    function served(path: string, file: string, answer: Answer): string {
      site.answers.set(`${path}/`, async (request, response) => {
        const name = basename(request.url ?? '')
        if (name === file) return answer(request, response)
        response.end(await readFile(folderOf('nlp', `head/${name}`)))
      })
      return path
    }
    const manifest = () => readFile(folderOf('nlp', 'head/headstart.json'))
    const network = () => readFile(folderOf('nlp', 'head/model.onnx'))

    it('where there is no model', async () => {
      expect(await problem('/nowhere')).toBe(
        `${site.origin}/nowhere/: expected a model folder (with headstart.json in it), got an address without it. Give the path of a folder that was written by saving a model.`,
      )
    })

    it('where a server answers with a page of its own', async () => {
      const page404: Answer = (_, response) =>
        void response.setHeader('content-type', 'text/html').end('<!doctype html>')
      expect(await problem(served('/page', 'headstart.json', page404))).toBe(
        `${site.origin}/page/: expected the file headstart.json, got an HTML page, with which this server answers what it does not have. Check the address, and that the folder is served as it was saved.`,
      )
      expect(await problem(served('/half-page', 'model.onnx', page404))).toContain(
        'expected the file model.onnx, got an HTML',
      )
    })

    it('where a file is missing, cut short, changed, or refused', async () => {
      const at = (path: string, answer: Answer) => problem(served(path, 'model.onnx', answer))
      expect(await at('/missing', (_, response) => void response.writeHead(404).end())).toContain(
        'expected the file model.onnx, got no such file. The model was changed or copied in part',
      )
      expect(await at('/cut', async (_, response) => void response.end((await network()).subarray(0, 1000)))).toMatch(
        /expected model.onnx as it was saved \(SHA-256 [0-9a-f]{64}\), got other contents. The model was changed/,
      )
      const broken: Answer = async (_, response) => {
        const bytes = await network()
        response.setHeader('content-length', bytes.length).write(bytes.subarray(0, 1000))
        setTimeout(() => response.destroy(), 50)
      }
      expect(await at('/broken', broken)).toBe(
        `${site.origin}/broken/model.onnx: expected the whole file, got a part of it. Load it again.`,
      )
      expect(await at('/refused', (_, response) => void response.writeHead(403).end())).toBe(
        `${site.origin}/refused/model.onnx: expected a server that gives it, got 403 Forbidden. Ask whoever runs the server.`,
      )
      const edited: Answer = async (_, response) =>
        void response.end(String(await manifest()).replace('"good"', '"fine"'))
      expect(await problem(served('/edited', 'headstart.json', edited))).toContain('headstart.json as it was saved')
      const part: Answer = async (_, response) => void response.end((await manifest()).subarray(0, 300))
      expect(await problem(served('/part', 'headstart.json', part))).toContain('cut short or no JSON')
    })

    it('where a model is of another task, or of none that is known', async () => {
      const sounds: Answer = async (_, response) =>
        void response.end(String(await manifest()).replace('"modality": "text"', '"modality": "sound"'))
      expect(await problem(served('/sounds', 'headstart.json', sounds))).toContain(
        'expected a model of one of the tasks text, image, chat, recommend, got one for sound, written by a newer Headstart. Update',
      )
      const wrong = await page.evaluate(async (address) => {
        return headstart.loadModel(address, { task: 'image' }).catch((error: Error) => error.message)
      }, '/nlp/head')
      expect(wrong).toContain('expected a model for image, got one for text')
    })

    it('where another origin gives no leave, no server answers, or there is no network', async () => {
      const other = await serveSite({ nlp: folderOf('nlp') })
      expect(await problem(`${other.origin}/nlp/head`)).toBe(
        `${other.origin}/nlp/head/headstart.json: expected leave to be read by pages of ${site.origin}, got none: it is of another origin, and its server sends no CORS header. Have its server send "Access-Control-Allow-Origin: ${site.origin}", or serve the model with the page.`,
      )
      await other.close()
      expect(await problem(`${other.origin}/nlp/head`)).toContain(
        'expected a server that answers, got none. Check the address',
      )
      await browser.setOffline(true)
      expect(await problem('/nlp/head')).toContain('expected a network, got none: the browser is offline')
      await browser.setOffline(false)
    })

    it('where files cannot be checked, for the page came over plain http', async () => {
      const insecure = await open('/blank', site.origin.replace('127.0.0.1', 'shop.example'))
      expect(await problem('/nlp/head', insecure)).toBe(
        'this page: expected a page that came over https or from localhost, in which files can be checked (crypto.subtle), got plain http. Serve the page over https.',
      )
      await insecure.close()
    })

    it('where a browser has no SIMD', async () => {
      const old = await open('/blank', site.origin, () => {
        WebAssembly.validate = () => false
      })
      expect(await problem('/nlp/head', old)).toBe(
        'this browser: expected WebAssembly with SIMD, got one without. Use a newer one: Chrome or Edge from 91, Firefox from 89, Safari from 16.4 on.',
      )
      await old.close()
    })

    it('where the files of onnxruntime-web are elsewhere', async () => {
      const lost = await open('/blank')
      const message = await lost.evaluate(() => headstart.loadModel('/nlp/head').catch((error: Error) => error.message))
      expect(message).toBe(
        'onnxruntime-web: expected its file ort-wasm-simd-threaded.wasm beside the module that loads it, got none that can be loaded. Serve node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm there (a bundler: as an asset), or give its folder as the option "wasm".',
      )
      await lost.close()
    })

    it('where a picture cannot be read, and answers for the others', async () => {
      const whole = await readFile(folderOf('vision', 'pictures/picture-1.png'))
      await writeFile(join(folder, 'text.jpg'), 'no picture')
      await writeFile(join(folder, 'empty.png'), '')
      const answers = await page.evaluate(
        async (bytes) => {
          const model = await headstart.loadModel('/vision/head', { task: 'image', wasm: '/onnxruntime/' })
          const file = new File([Uint8Array.from(bytes)], 'mine.png')
          const pictures = ['/trained/text.jpg', file, '/trained/empty.png', '/trained/gone.png']
          const answers = await model.ask(pictures)
          await model.close()
          return answers.map((answer) => (answer instanceof Error ? answer.message : answer))
        },
        [...whole],
      )
      expect(answers).toEqual([
        '/trained/text.jpg: expected a picture that this browser can decode (JPEG, PNG, WebP, GIF, in most AVIF), got one that is damaged, or of a format that it does not know. Convert it to JPEG or PNG, or leave it out.',
        expect.objectContaining({ label: expect.any(String) }),
        expect.stringContaining('/trained/empty.png: expected a picture that this browser can decode'),
        '/trained/gone.png: expected a picture at an address, got status 404. Check the address.',
      ])
    })
  })

  it('answers of the same pixels alike, whatever holds them', async () => {
    const answers = await page.evaluate(async () => {
      const model = await headstart.loadModel('/vision/head', { task: 'image', wasm: '/onnxruntime/' })
      const address = '/vision/pictures/picture-2.png'
      const blob = await (await fetch(address)).blob()
      const image = Object.assign(new Image(), { src: address })
      await image.decode()
      const bitmap = await createImageBitmap(blob)
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
      const context = canvas.getContext('2d')
      context?.drawImage(bitmap, 0, 0)
      const pixels = context?.getImageData(0, 0, bitmap.width, bitmap.height)
      const bytes = new Uint8Array(await blob.arrayBuffer())
      const element = document.createElement('canvas')
      Object.assign(element, { width: bitmap.width, height: bitmap.height }).getContext('2d')?.drawImage(bitmap, 0, 0)
      const pictures = [address, new URL(address, location.href), blob, bytes, image, bitmap, canvas, element]
      const answers = await model.predict(pixels ? [...pictures, pixels] : pictures)
      await model.close()
      return answers
    })
    expect(answers).toHaveLength(9)
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })
})
