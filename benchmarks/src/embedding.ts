import { universalSentenceEncoder } from '@headstart/nlp'
import { originalEncoder } from '../../packages/nlp/test/original-encoder.js'
import { bareLoop } from './bare-loop.js'
import { type Benchmark, atLeast } from './figure.js'
import { median, secondsOf } from './measure.js'
import { reviews } from './reviews.js'

const rounds = 3
/** The original is slow: it gets every tenth sentence. */
const share = 10
const originalBatch = 32

/** Sentences per second of the built-in text backbone, from text to features. */
export const embedding: Benchmark = {
  title: 'Embedding 3,000 sentences with the Universal Sentence Encoder',
  async run() {
    const { inputs } = reviews()
    const backbone = await universalSentenceEncoder()
    await backbone.embed(inputs.slice(0, 100))

    const bare = await bareLoop(backbone, inputs)
    await bare()

    const encoder = await originalEncoder()
    const some = inputs.filter((_, index) => index % share === 0)
    const original = async (): Promise<void> => {
      for (let first = 0; first < some.length; first += originalBatch) {
        await encoder.embed(some.slice(first, first + originalBatch).map((text) => encoder.encode(text)))
      }
    }
    await encoder.embed(some.slice(0, originalBatch).map((text) => encoder.encode(text)))

    // In turns, so that a busy moment of the machine meets all three.
    const rates: { ours: number; bare: number; original: number }[] = []
    for (let round = 0; round < rounds; round++) {
      rates.push({
        ours: inputs.length / (await secondsOf(() => backbone.embed(inputs))),
        bare: inputs.length / (await secondsOf(bare)),
        original: some.length / (await secondsOf(original)),
      })
    }
    const rate = (of: keyof (typeof rates)[number]): string => `${median(rates.map((one) => one[of])).toFixed(0)} /s`
    const ratio = (peer: 'bare' | 'original'): number => median(rates.map((one) => one.ours / one[peer]))
    return [
      atLeast(
        'times TensorFlow.js (WASM)',
        ratio('original'),
        10,
        `${rate('ours')}, TensorFlow.js ${rate('original')}`,
      ),
      atLeast(
        'times a bare onnxruntime-node loop over prepared tensors',
        ratio('bare'),
        0.9,
        `${rate('ours')}, bare ${rate('bare')}`,
      ),
    ]
  },
}
