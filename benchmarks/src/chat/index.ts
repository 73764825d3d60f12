import { join } from 'node:path'
import { type Dataset, FeatureCache } from '@headstart/core'
import { pairedDifference, separation } from '@headstart/core/kit'
import { chatbot, type Chatbot, chatData, readTextDataset, universalSentenceEncoder } from '@headstart/nlp'
import { atLeast, atMost, type Benchmark, type Figure } from '../figure.js'
import { median, spreadOf } from '../measure.js'
import { nodeNlp, type Taken } from './node-nlp.js'

const draws = 3
/** Examples of each intent, and what should be reached with as many. */
const targets = [
  { perIntent: 5, accuracy: 0.87 },
  { perIntent: 10, accuracy: 0.91 },
]
/** Share of what is out of scope that is refused where it is asked how much of the rest is answered. */
const refused = 0.8
/** Replies that are timed, after the first. */
const timed = 101

/** What a bot is worth on one draw. */
interface Measure {
  readonly accuracy: number
  readonly auroc: number
  /** Share of what is in scope that is answered where so much of what is not is refused. */
  readonly answered: number
}

/**
 * Intents from few examples, and questions that are none of them, beside node-nlp in the same run.
 * @param folder With train.csv, test.csv and out-of-scope.csv.
 */
export function chat(folder: string): Benchmark {
  return {
    title: `Intents of ${folder}, ${draws} draws, beside node-nlp`,
    async run() {
      const [train, test, foreign] = (await Promise.all(
        ['train', 'test', 'out-of-scope'].map((name) => readTextDataset(join(folder, `${name}.csv`))),
      )) as [Dataset<string>, Dataset<string>, Dataset<string>]
      const [encoder, cache] = [await universalSentenceEncoder(), await FeatureCache.open()]
      const figures: Figure[] = []
      for (const { perIntent, accuracy } of targets) {
        const [own, peer]: [Measure[], Measure[]] = [[], []]
        let times: readonly number[] = []
        for (let seed = 0; seed < draws; seed++) {
          const drawn = train.sample({ perClass: perIntent, seed })
          const texts = drawn.examples.map(({ input, label }) => ({ text: input, intent: label }))
          const answers = Object.fromEntries(drawn.labels.map((intent) => [intent, intent]))
          await using bot = await chatbot(encoder, chatData(texts, { answers }), { seed, cache })
          own.push(await measured(test, foreign, (inputs) => takenBy(bot, inputs, cache)))
          const take = await nodeNlp(drawn.examples)
          peer.push(await measured(test, foreign, (inputs) => inOrder(inputs, take)))
          if (seed === draws - 1) times = await replyTimes(bot, test.inputs)
        }
        figures.push(...figuresOf(`${perIntent} per intent`, accuracy, own, peer))
        const longest = Math.max(...times).toFixed(1)
        figures.push(
          atMost(
            `${perIntent} per intent: a reply`,
            median(times),
            10,
            `median of ${timed}; longest ${longest} ms`,
            ' ms',
          ),
        )
      }
      return figures
    },
  }
}

async function measured(
  test: Dataset<string>,
  foreign: Dataset<string>,
  take: (inputs: readonly string[]) => Promise<readonly Taken[]>,
): Promise<Measure> {
  const [belongs, others] = [await take(test.inputs), await take(foreign.inputs)]
  const scores = (taken: readonly Taken[]): Float32Array => Float32Array.from(taken, ({ score }) => score)
  // So many of the others lie below.
  const threshold = scores(others).toSorted()[Math.ceil(refused * others.length)] as number
  return {
    accuracy: belongs.filter(({ intent }, place) => intent === test.targets[place]).length / test.size,
    auroc: separation(scores(belongs), scores(others)).auroc,
    answered: belongs.filter(({ score }) => score >= threshold).length / test.size,
  }
}

/** What a bot takes texts for: which intent, whether or not it would answer. */
async function takenBy(bot: Chatbot, inputs: readonly string[], cache: FeatureCache): Promise<Taken[]> {
  const replies = await bot.ask(inputs, { cache, odds: 1 })
  return replies.map((reply) => {
    if (reply instanceof Error) throw reply
    const { intent, alternatives, familiarity } = reply
    return { intent: intent ?? (alternatives[0]?.intent as string), score: familiarity as number }
  })
}

async function inOrder(inputs: readonly string[], take: (text: string) => Promise<Taken>): Promise<Taken[]> {
  const taken: Taken[] = []
  for (const text of inputs) taken.push(await take(text))
  return taken
}

/** Milliseconds of replies to texts, one by one, after the first. */
async function replyTimes(bot: Chatbot, inputs: readonly string[]): Promise<number[]> {
  const times: number[] = []
  for (const text of inputs.slice(0, timed + 1)) {
    const started = performance.now()
    await bot.reply(text)
    times.push(performance.now() - started)
  }
  return times.slice(1)
}

function figuresOf(name: string, accuracy: number, own: readonly Measure[], peer: readonly Measure[]): Figure[] {
  const figures: Figure[] = []
  for (const [what, least, more] of [
    ['accuracy', accuracy, 0],
    ['auroc', 0.93, 10],
    ['answered', 0.9, 10],
  ] as const) {
    const [mine, theirs] = [own, peer].map((measures) => spreadOf(measures.map((one) => one[what])))
    if (!mine || !theirs) continue
    const label = {
      accuracy: 'accuracy',
      auroc: 'out of scope, AUROC',
      answered: `answered where ${100 * refused} % of the others are refused`,
    }[what]
    const said = ({ mean, sd }: typeof mine): string => `${mean.toFixed(3)} ± ${sd.toFixed(3)}`
    figures.push(atLeast(`${name}: ${label}`, mine.mean, least, `sd ${mine.sd.toFixed(3)}; node-nlp ${said(theirs)}`))
    const { mean, margin } = pairedDifference(own.map((one, draw) => [one[what], peer[draw]?.[what] as number]))
    figures.push(
      atLeast(
        `${name}: ${label}, points above node-nlp`,
        100 * mean,
        more,
        `± ${(100 * margin).toFixed(1)} (95 % interval)`,
      ),
    )
  }
  return figures
}
