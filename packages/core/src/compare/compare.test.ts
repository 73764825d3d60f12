import { beforeEach, describe, expect, it } from 'vitest'
import { layeredBackbone } from '../../test/layered-backbone.js'
import { madeOnce } from '../../test/made-once.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { tinyBackbone } from '../../test/tiny-backbone.js'
import { tinyDataset } from '../../test/tiny-data.js'
import type { Backbone } from '../contract/backbone.js'
import { DataError, OptionError } from '../contract/errors.js'
import type { TrainEvent } from '../contract/progress.js'
import { type Run, startRun } from '../contract/run.js'
import type { Target } from '../contract/target.js'
import { type Dataset, dataset } from '../data/dataset.js'
import { FeatureCache } from '../features/feature-cache.js'
import { backboneLearner, type ExampleLearner, frozenLearners, transferLearners } from './backbone-learner.js'
import { compare } from './compare.js'
import { drawsPerClass, type DrawsPerClassOptions } from './draws-per-class.js'

const data = tinyDataset(40, 4)

/** Counts of the letters that occur in the training texts. */
function letterCounts(train: readonly string[]): Backbone<string> {
  const letters = [...new Set(train.join(''))].sort()
  return {
    id: 'letter-counts',
    modality: 'text',
    featureSize: letters.length,
    fingerprint: letters.join(''),
    contentKey: (text) => text,
    embed: async (texts) => ({
      rows: texts.length,
      columns: letters.length,
      data: Float32Array.from(texts.flatMap((text) => letters.map((letter) => text.split(letter).length - 1))),
    }),
  }
}

/** What each learner was given to learn from. */
let seen: { name: string; train: readonly string[] }[] = []
beforeEach(() => {
  seen = []
})
type Make = (train: readonly string[]) => Backbone<string>
const learner = (name: string, make: Make, adds: ExampleLearner<string>['adds'] = []): ExampleLearner<string> =>
  backboneLearner({
    name,
    description: name,
    adds,
    backbone({ inputs }) {
      // The time it takes to embed them is measured afterwards.
      if (seen.at(-1)?.name !== name || seen.at(-1)?.train !== inputs) seen.push({ name, train: inputs })
      return make(inputs)
    },
  })
const frozenBackbone = tinyBackbone()
const words = learner('no-transfer', letterCounts)
const frozen = learner('frozen', () => frozenBackbone, [{ what: 'transfer', to: words }])
const learners = [words, frozen]

interface Options extends Partial<DrawsPerClassOptions<string, Target>>, Partial<Run> {
  readonly learners?: readonly ExampleLearner<string>[]
}
/** The comparison as programs know it. */
interface Table {
  readonly kind: string
  readonly testExamples: number
  readonly majorityAccuracy: number
  readonly verdict: string
  readonly rows: readonly {
    readonly method: string
    readonly shots: number
    readonly seeds: number
    readonly accuracy: { readonly mean: number; readonly sd: number }
    readonly unseenAccuracy?: { readonly mean: number; readonly sd: number }
    readonly trainSeconds: number
  }[]
}
async function tableOf(examples: Dataset<string, Target>, { learners: some = learners, ...options }: Options) {
  const protocol = drawsPerClass<string, Target>(frozenBackbone, options)
  const { json } = await compare({ data: examples, learners: some, protocol }, startRun({ cache: false, ...options }))
  return json as unknown as Table
}
const options: Options = { shots: [2, 4], draws: 2 }
/** One number of examples, one draw: where the figures do not matter. */
const quick: Options = { shots: [2], draws: 1 }

/** The comparison of `data`, what was told on the way and what each learner saw, for those who only look at it. */
const compared = madeOnce(async (some: Options) => {
  const events: TrainEvent[] = []
  const comparison = await tableOf(data, { ...some, onEvent: (event) => events.push(event) })
  return { comparison, events, seen: [...seen] }
})

/** All that does not depend on the clock. */
const measured = ({ rows, ...table }: Table) => ({ ...table, rows: rows.map((row) => ({ ...row, trainSeconds: 0 })) })

describe('compare', () => {
  it('has a row for each method and number of examples', async () => {
    const { comparison } = await compared(options)
    expect(comparison.rows.map((row) => [row.method, row.shots, row.seeds])).toEqual([
      ['no-transfer', 2, 2],
      ['no-transfer', 4, 2],
      ['frozen', 2, 2],
      ['frozen', 4, 2],
    ])
    for (const {
      accuracy: { mean, sd },
      trainSeconds,
      ...row
    } of comparison.rows) {
      expect(mean).toBeGreaterThan(0.4)
      expect(mean).toBeLessThanOrEqual(1)
      expect(sd).toBeGreaterThanOrEqual(0)
      expect(trainSeconds).toBeGreaterThan(0)
      expect(row).not.toHaveProperty('unseenAccuracy')
    }
    // 30 % of 120 are held out, as many of each class.
    expect(comparison).toMatchObject({ kind: 'classification', testExamples: 36, majorityAccuracy: 1 / 3 })
    expect(comparison.verdict).toMatch(/^With 2 examples per class transfer .* With 4 examples per class .*\.$/)
  })

  it('gives the same figures again, with a cache or without', async () => {
    const figures = measured((await compared(quick)).comparison)
    const cache = await FeatureCache.open({ directory: await temporaryFolder() })
    for (let time = 0; time < 2; time++) {
      expect(measured(await tableOf(data, { ...quick, cache }))).toEqual(figures)
    }
  })

  it('gives every method the same draws, none of which it is measured on, and tells how far it is', async () => {
    const { events, seen: all } = await compared(options)
    const draws = (name: string) => all.filter((one) => one.name === name).map(({ train }) => train)
    expect(draws('no-transfer').map((train) => train.length)).toEqual([6, 6, 12, 12])
    expect(draws('frozen')).toEqual(draws('no-transfer'))
    const held = new Set(data.split({ test: 0.3, seed: 0 }).test.inputs)
    expect(all.flatMap(({ train }) => train).filter((text) => held.has(text))).toEqual([])

    const cells = events.filter((event) => event.type === 'compare')
    expect(cells.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(new Set(cells.map(({ total }) => total))).toEqual(new Set([8]))
    expect(cells.map(({ method }) => method).slice(0, 3)).toEqual(['no-transfer', 'frozen', 'no-transfer'])
  })

  it('means over the seeds: one seed has no deviation', async () => {
    const { rows, verdict } = (await compared(quick)).comparison
    expect(rows.map(({ accuracy }) => accuracy.sd)).toEqual([0, 0])
    expect(verdict).toContain('one seed: no interval')
  })

  it('measures on the examples that are given', async () => {
    const test = tinyDataset(5, 9)
    const { testExamples, rows } = await tableOf(data, { ...quick, test, shots: [20] })
    expect(testExamples).toBe(15)
    for (const { accuracy } of rows) expect(accuracy.mean * 15).toBeCloseTo(Math.round(accuracy.mean * 15), 9)
  })

  it('measures on a domain that is never trained on', async () => {
    /** Nothing but the label is known of it. */
    const unseen = dataset(tinyDataset(5, 9).examples.map(({ label }) => ({ input: '...', label })))
    const { rows } = await tableOf(data, { ...quick, unseen })
    for (const { unseenAccuracy, accuracy } of rows) {
      expect(unseenAccuracy).toEqual({ mean: expect.closeTo(1 / 3, 9), sd: 0 })
      expect(accuracy.mean).toBeGreaterThan(0.4)
    }
  })

  it('leaves out numbers of examples that there are not, and says so', async () => {
    const events: TrainEvent[] = []
    const { rows } = await tableOf(data, { ...quick, shots: [64, 3, 2, 3], onEvent: (event) => events.push(event) })
    expect(rows.map(({ shots }) => shots)).toEqual([2, 3, 2, 3])
    expect(events[0]).toEqual({
      type: 'notice',
      message:
        '64 examples per class are left out: class "early" has 28 to draw from. ' +
        'Ask for fewer shots or add examples of that class.',
    })
  })

  it('points out, once, what is in the training and the test data', async () => {
    const events: TrainEvent[] = []
    await tableOf(data, { ...quick, test: data.subset([0, 1, 2]), onEvent: (event) => events.push(event) })
    const notices = events.filter((event) => event.type === 'notice')
    expect(notices.map(({ message }) => message)).toEqual([
      expect.stringContaining('3 of 3 test examples are in the training data'),
    ])
    const said = async (test: Dataset<string, Target>): Promise<string> => {
      const protocol = drawsPerClass<string, Target>(frozenBackbone, { shots: [2], draws: 1, test })
      return (await compare({ data, learners: [frozen], protocol }, startRun({ cache: false }))).text()
    }
    expect(await said(data.subset([0, 1, 2]))).toMatch(/on 3 examples, of which 3 can be trained on as well/)
    expect(await said(tinyDataset(4, 9))).toMatch(/on 12 examples not trained on;/)
  })

  it('points out that examples of an unseen domain are in the training data', async () => {
    const events: TrainEvent[] = []
    const unseen = data.subset([3, 4])
    const protocol = drawsPerClass<string, Target>(frozenBackbone, {
      shots: [2],
      draws: 1,
      test: tinyDataset(4, 9),
      unseen,
    })
    const run = startRun({ cache: false, onEvent: (event) => events.push(event) })
    const text = (await compare({ data, learners: [frozen], protocol }, run)).text()
    expect(text).toContain('Of the unseen domain 2 examples can be trained on as well: it is not unseen.')
    expect(events).toContainEqual({
      type: 'notice',
      message: expect.stringMatching(
        /^2 of 2 unseen examples are in the training data, too, such as .* and unseen example 1/,
      ),
    })
  })

  it('sets the same network untrained, trained from scratch, frozen and tuned side by side', async () => {
    const backbone = layeredBackbone()
    const all = transferLearners(backbone, words, { unfreeze: 2, learningRate: 0.03, epochs: 4 })
    const { rows, verdict } = await tableOf(data, { ...options, learners: all, shots: [8] })
    expect(rows.map(({ method }) => method)).toEqual(['no-transfer', 'untrained', 'scratch', 'frozen', 'fine-tuned'])
    for (const { trainSeconds, accuracy } of rows) {
      expect(trainSeconds).toBeGreaterThan(0)
      expect(accuracy.mean).toBeGreaterThan(1 / 3)
    }
    expect(verdict.match(/\S+ (helped|hurt|made no certain difference)[^,]*, \S+ beside \S+\./g)).toEqual([
      expect.stringMatching(/^transfer .*frozen beside no-transfer\.$/),
      expect.stringMatching(/^pre-training .*frozen beside untrained\.$/),
      expect.stringMatching(/^fine-tuning .*fine-tuned beside frozen\.$/),
    ])
  })

  it('measures what takes minutes on three draws', async () => {
    const slow = { ...frozen, name: 'slow', takes: 'minutes' as const }
    const { rows } = await tableOf(data, { ...quick, draws: 5, learners: [words, slow] })
    expect(rows.map(({ seeds }) => seeds)).toEqual([5, 3])
  })

  it('counts draws, whatever their seeds are', async () => {
    const slow = { ...frozen, name: 'slow', takes: 'minutes' as const }
    const drawn = drawsPerClass<string, Target>(frozenBackbone, { shots: [2], draws: 5 })
    const protocol: typeof drawn = {
      ...drawn,
      async *rounds(all, run) {
        for await (const round of drawn.rounds(all, run)) yield { ...round, seed: 100 + round.seed }
      },
    }
    const run = startRun({ cache: false })
    const { rows } = await compare({ data: data as Dataset<string, Target>, learners: [words, slow], protocol }, run)
    expect(rows.map(({ draws }) => draws)).toEqual([5, 3])
  })

  it('trains other fresh weights from scratch for each draw', async () => {
    const made: string[] = []
    const backbone = layeredBackbone()
    const watched = {
      ...backbone,
      withNetwork(network: typeof backbone.network) {
        const fresh = backbone.withNetwork(network)
        made.push(fresh.fingerprint)
        return fresh
      },
    }
    const untrained = transferLearners(watched, words, {}).filter(({ name }) => name === 'untrained')
    await tableOf(data, { ...options, shots: [2], learners: untrained })
    expect(new Set([...made, backbone.fingerprint]).size).toBe(3)
  })

  it('takes one method alone', async () => {
    const { rows, verdict } = await tableOf(data, { ...quick, learners: [frozen] })
    expect(rows).toHaveLength(1)
    expect(verdict).toContain('nothing to compare')
  })

  const wrongOptions = [{ draws: 0 }, { draws: 1.5 }, { shots: [] }, { shots: [1] }, { shots: [2.5] }]
  it.each(wrongOptions)('refuses %o', async (wrong) => {
    await expect(tableOf(data, { ...quick, ...wrong })).rejects.toThrow(OptionError)
    expect(seen).toEqual([])
  })

  it('refuses data with too few examples for any number', async () => {
    await expect(tableOf(data, { ...quick, shots: [50, 100] })).rejects.toThrow(
      'data set "examples": expected at least 50 examples of each class to draw from, got 28 of class "early". ' +
        'Ask for fewer shots or add examples of that class.',
    )
  })

  it('takes a contradiction among many examples, whatever is drawn, and refuses many', async () => {
    const { input } = data.examples[0] as { input: string }
    const other = (['early', 'middle', 'late'] as const).find((label) => label !== data.targets[0]) ?? 'early'
    const noisy = dataset([...data.examples, { input, label: other }])
    // Draws of which the second has the pair, where it is more than the 5 % that pass as noise.
    const test = tinyDataset(4, 9)
    const { rows } = await tableOf(noisy, {
      ...options,
      shots: [8],
      draws: 3,
      test,
      learners: [frozen],
    })
    const pairs = seen.filter(({ train }) => train.filter((text) => text === input).length === 2)
    expect(pairs.length).toBeGreaterThan(0)
    expect(rows).toHaveLength(1)

    const contradicting = dataset([
      ...data.examples,
      ...data.inputs.map((text) => ({ input: text, label: 'early' as const })),
    ])
    await expect(tableOf(contradicting, { ...quick, test })).rejects.toThrow(/expected one label for the same content/)
  })

  it('refuses examples of classes that are not trained on', async () => {
    const other = dataset([{ input: 'abc', label: 'elsewhere' }]) as Dataset<string, never>
    for (const sets of [{ test: other }, { unseen: other }]) {
      await expect(tableOf(data, { ...quick, ...sets })).rejects.toThrow(DataError)
    }
  })

  it('stops when its signal aborts, before and on the way', async () => {
    const stop = new AbortController()
    const onEvent = (event: TrainEvent): void => {
      if (event.type === 'compare' && event.done === 2) stop.abort(new Error('enough'))
    }
    await expect(tableOf(data, { ...options, signal: stop.signal, onEvent })).rejects.toThrow('enough')
    expect(seen).toHaveLength(2)
    await expect(tableOf(data, { ...quick, signal: stop.signal })).rejects.toThrow('enough')
    expect(seen).toHaveLength(2)
  })
})

describe('a network that knows nothing of the examples', () => {
  const others = [
    { id: 'org/small', features: 8, stages: 2, license: 'MIT', description: 'letters', parameters: 22.7e6 },
  ] as const
  const label = (text: string): string => String(text.length > 5)
  // Labels that letters say nothing of.
  const chance = dataset(data.inputs.map((input, index) => ({ input, label: label(input) + (index % 2) })))

  it('is said to be one, beside others that are published', async () => {
    const { verdict } = await tableOf(chance, { shots: [8], draws: 3, others })
    expect(verdict).toContain(
      'Other networks may know more of these: org/small (23 million weights; letters). Set them side by side with the option backbones (on the command line: --backbones).',
    )
  })

  it('is not where it helped, or where no other is known', async () => {
    const blind = learner('no-transfer', (train) => ({
      ...letterCounts(train),
      embed: async ({ length }) => ({ rows: length, columns: 1, data: new Float32Array(length) }),
      featureSize: 1,
    }))
    const helping = learner('frozen', () => frozenBackbone, [{ what: 'transfer', to: blind }])
    const { verdict } = await tableOf(data, { shots: [16], draws: 3, others, learners: [blind, helping] })
    expect(verdict).toContain('transfer helped')
    expect(verdict).not.toContain('Other networks may')
    expect((await tableOf(chance, { shots: [8], draws: 2 })).verdict).not.toContain('Other networks may')
  })
})

describe('several networks', () => {
  it('stand side by side in one table, each beside the first', async () => {
    const backbones = [tinyBackbone(), { ...tinyBackbone({ seed: 2 }), id: 'other' }]
    const { rows, verdict } = await tableOf(data, { shots: [8], draws: 2, learners: frozenLearners(backbones, words) })
    expect(rows.map(({ method }) => method)).toEqual(['no-transfer', 'frozen tiny', 'frozen other'])
    expect(verdict).toContain('frozen other beside no-transfer')
    expect(verdict).toContain('another network')
    expect(verdict).toContain('frozen other beside frozen tiny')
  })
})
