import type { Backbone, Matrix } from '@headstart/core'
import { random } from '@headstart/core/kit'
import { universalSentenceEncoder } from '@headstart/nlp'
import { joinedMobileNets, mobileNetV2, readImageDataset } from '@headstart/vision'
import { type Benchmark, type Figure } from './figure.js'
import { median } from './measure.js'
import { reviews } from './reviews.js'

const rounds = 3
/** Inputs of each kind, and how often some of them are drawn. */
const count = 64
const draws = 12

/** Whether features depend on what shares a batch with them, to the last bit, and what it costs that they do not. */
export function company(pictures: string): Benchmark {
  return {
    title: `Features of ${count} inputs in the company of others`,
    async run() {
      const { below } = random(1)
      const photos = (await readImageDataset(pictures)).inputs
      const some = Array.from({ length: count }, () => photos[below(photos.length)] as (typeof photos)[number])
      return [
        ...(await figuresOf('texts', await universalSentenceEncoder(), reviews().inputs.slice(0, count))),
        ...(await figuresOf('pictures, mobilenets-joined', await joinedMobileNets(), some)),
        ...(await figuresOf('pictures, mobilenet-v2-coco', await mobileNetV2(), some)),
      ]
    },
  }
}

async function figuresOf<Input>(what: string, backbone: Backbone<Input>, inputs: readonly Input[]): Promise<Figure[]> {
  const { below, shuffle } = random(2)
  const whole = { true: await backbone.embed(inputs, { steady: true }), false: await backbone.embed(inputs) }
  const differing = { true: 0, false: 0 }
  let asked = 0
  for (let draw = 0; draw < draws; draw++) {
    const places = shuffle([...inputs.keys()]).slice(0, 1 + (draw % 4 === 0 ? 0 : below(count)))
    const drawn = places.map((place) => inputs[place] as Input)
    asked += places.length
    for (const steady of [true, false]) {
      const features = await backbone.embed(drawn, { steady })
      const reference = whole[`${steady}`]
      differing[`${steady}`] += places.filter((place, row) => !sameRow(reference, place, features, row)).length
    }
  }
  // In turns, so that a busy moment of the machine meets both; time of the processor, which others take none of.
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    const steady = await workOf(() => backbone.embed(inputs, { steady: true }))
    ratios.push(steady / (await workOf(() => backbone.embed(inputs))))
  }
  return [
    {
      what: `${what}: features with other bits in other company`,
      measured: `${differing.true} of ${asked}`,
      target: '0',
      reached: differing.true === 0,
      beside: `${differing.false} of ${asked} where they are not to be steady`,
    },
    {
      what: `${what}: times the work`,
      measured: median(ratios).toFixed(2),
      beside: 'of features that are not to be steady',
    },
  ]
}

function sameRow(a: Matrix, rowOfA: number, b: Matrix, rowOfB: number): boolean {
  const row = ({ columns, data }: Matrix, at: number): Float32Array => data.subarray(at * columns, (at + 1) * columns)
  return Buffer.compare(bytesOf(row(a, rowOfA)), bytesOf(row(b, rowOfB))) === 0
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Microseconds of this process's processors. */
async function workOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}
