import { basename, dirname, resolve } from 'node:path'
import { env, pipeline } from '@huggingface/transformers'
import { readTranslationData, translator } from '@headstart/translation'
import { atLeast, type Benchmark } from './figure.js'
import { secondsOf } from './measure.js'

/** Strings that are translated, in blocks of which each is translated by both in turn. */
const [most, block] = [500, 100]

/** How quickly the strings of a table are translated greedily, beside the pipeline of Transformers.js, one string after another. */
export function translationSpeed(model: string, data: string): Benchmark {
  return {
    title: `Translation: ${most} strings of ${data}, greedily`,
    async run() {
      const { test, pairs } = await readTranslationData(data)
      const texts = (test ?? pairs).slice(0, most).map(({ source }) => source)
      env.allowRemoteModels = false
      env.localModelPath = dirname(resolve(model))
      const peer = await pipeline('translation', basename(resolve(model)), { dtype: 'fp32' })
      const original = async (text: string): Promise<string> => {
        const [one] = (await peer(text, { num_beams: 1 } as never)) as { translation_text: string }[]
        return one?.translation_text ?? ''
      }
      await using opened = await translator(model)
      // Sessions are made, and memory is taken, before the clock runs.
      await opened.translate(texts.slice(0, 16))
      await original(texts[0] as string)

      const [ours, theirs] = [[] as string[], [] as string[]]
      const seconds = { ours: 0, theirs: 0 }
      for (let start = 0; start < texts.length; start += block) {
        const some = texts.slice(start, start + block)
        seconds.ours += await secondsOf(async () => {
          ours.push(...(await opened.translate(some)).map(({ text }) => text))
        })
        seconds.theirs += await secondsOf(async () => {
          for (const text of some) theirs.push(await original(text))
        })
      }
      await peer.dispose()
      const same = ours.filter((text, place) => text === theirs[place]).length
      const rate = (taken: number): string => `${(texts.length / taken).toFixed(1)} /s`
      return [
        atLeast(
          'times the pipeline of Transformers.js',
          seconds.theirs / seconds.ours,
          1.5,
          `${rate(seconds.ours)}, Transformers.js ${rate(seconds.theirs)}`,
        ),
        {
          what: 'strings that come out the same',
          measured: `${same} of ${texts.length}`,
          beside: 'others have placeholders that were put right, or lines',
        },
      ]
    },
  }
}
