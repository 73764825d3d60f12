import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { transformersBackbone } from '@headstart/nlp'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { env, pipeline } from '@huggingface/transformers'
import { atLeast, atMost, type Benchmark } from './figure.js'
import { median, secondsOf } from './measure.js'
import { reviews } from './reviews.js'

const rounds = 3
/** Every so many of the sentences, which are of 3 to 70 words. */
const share = 12
const peerBatch = 32

/**
 * Sentences per second through a 6-layer, 384-wide BERT of random weights: the same folder, opened by Headstart and by the
 * feature-extraction pipeline of Transformers.js.
 */
export const transformers: Benchmark = {
  title: 'Embedding 250 sentences with a 6-layer, 384-wide encoder from a folder',
  async run() {
    const folder = join(await mkdtemp(join(tmpdir(), 'headstart-bench-')), 'encoder')
    try {
      await writeFiles(folder, bertFiles({ hidden: 384, layers: 6, heads: 12, positions: 512 }))
      const inputs = reviews().inputs.filter((_, index) => index % share === 0)
      const backbone = await transformersBackbone(folder)
      env.allowRemoteModels = false
      env.localModelPath = dirname(folder)
      const extract = await pipeline('feature-extraction', basename(folder), { dtype: 'fp32' })
      const peer = async (size: number): Promise<Float32Array[]> => {
        const rows: Float32Array[] = []
        for (let first = 0; first < inputs.length; first += size) {
          rows.push((await extract(inputs.slice(first, first + size), { pooling: 'mean' })).data as Float32Array)
        }
        return rows
      }
      const ours = await backbone.embed(inputs)
      const theirs = (await peer(1)).flatMap((row) => [...row])
      const difference = theirs.reduce(
        (most, value, place) => Math.max(most, Math.abs(value - (ours.data[place] as number))),
        0,
      )

      // In turns, so that a busy moment of the machine meets all.
      const rates: { ours: number; one: number; batch: number }[] = []
      for (let round = 0; round < rounds; round++) {
        rates.push({
          ours: inputs.length / (await secondsOf(() => backbone.embed(inputs))),
          one: inputs.length / (await secondsOf(() => peer(1))),
          batch: inputs.length / (await secondsOf(() => peer(peerBatch))),
        })
      }
      await extract.dispose()
      const rate = (of: keyof (typeof rates)[number]): string => `${median(rates.map((one) => one[of])).toFixed(1)} /s`
      const ratio = (to: 'one' | 'batch'): number => median(rates.map((one) => one.ours / one[to]))
      return [
        atLeast(
          `times Transformers.js, batches of ${peerBatch}`,
          ratio('batch'),
          1.3,
          `${rate('ours')}, Transformers.js ${rate('batch')}`,
        ),
        atLeast(
          'times Transformers.js, one by one',
          ratio('one'),
          1.3,
          `${rate('ours')}, Transformers.js ${rate('one')}`,
        ),
        atMost('largest difference between features', difference, 1e-4, 'Transformers.js, one by one'),
      ]
    } finally {
      await rm(dirname(folder), { recursive: true, force: true })
    }
  },
}
