import { FeatureCache } from '@headstart/core'
import { fineTune, universalSentenceEncoder } from '@headstart/nlp'
import { type Benchmark, atLeast, atMost } from './figure.js'
import { median, secondsOf, withEmptyCache } from './measure.js'
import { reviews } from './reviews.js'

const rounds = 3

/** How much faster training is on data that the feature cache has seen: of a head alone, and with the choice of what stands beside the network. */
export const trainingAgain: Benchmark = {
  title: 'Training again on the same 3,000 sentences',
  async run() {
    const [alone, chosen] = [await timesOf('none'), await timesOf('chosen')]
    return [
      atLeast('the network alone: times faster than the first time', ratioOf(alone), 10, said(alone)),
      {
        what: 'with what stands beside it: times faster',
        measured: ratioOf(chosen).toFixed(3),
        beside: said(chosen),
      },
      atMost(
        'the first time, in that of the network alone',
        median(chosen.map(({ first }) => first)) / median(alone.map(({ first }) => first)),
        1.3,
        'what stands beside it is chosen on held-out examples',
      ),
    ]
  },
}

interface Times {
  readonly first: number
  readonly again: number
}

async function timesOf(knowledge: 'none' | 'chosen'): Promise<Times[]> {
  const train = reviews()
  const times: Times[] = []
  for (let round = 0; round < rounds; round++) {
    times.push(
      await withEmptyCache(async (directory) => {
        // As two runs of a program: each makes the backbone and opens the cache.
        const run = async (): Promise<unknown> =>
          fineTune(await universalSentenceEncoder(), train, {
            cache: await FeatureCache.open({ directory }),
            knowledge,
          })
        return { first: await secondsOf(run), again: await secondsOf(run) }
      }),
    )
  }
  return times
}

function ratioOf(times: readonly Times[]): number {
  return median(times.map(({ first, again }) => first / again))
}

function said(times: readonly Times[]): string {
  const seconds = (of: keyof Times): string => `${median(times.map((time) => time[of])).toFixed(2)} s`
  return `first ${seconds('first')}, again ${seconds('again')}`
}
