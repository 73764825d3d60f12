import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, dataset, drawsPerClass, startRun } from '@headstart/core'
import { testTask } from '@headstart/core/test'
import { afterAll, expect, it } from 'vitest'
import { bagOfWords } from '../src/backbone/bag-of-words.js'
import { textLearners } from '../src/backbone/text-learners.js'
import { textTask } from '../src/task.js'
import { fewSentences } from './few-sentences.js'
import { universalSentenceEncoder } from '../src/backbone/universal-sentence-encoder.js'

const folder = await mkdtemp(join(tmpdir(), 'headstart-test-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const data = join(folder, 'sentences.csv')
await writeFile(
  data,
  ['label,text', ...fewSentences().examples.map(({ label, input }) => `${label},"${input}"`)].join('\n'),
)

testTask(textTask, {
  data,
  comparing: { shots: [4], seeds: 2, methods: ['zero-shot', 'no-transfer', 'frozen'] },
  queries: ['The pie was still warm.', 'Our bus never came.', ''],
})

it.each([
  ['German', (n: number) => `Ich habe die Ware ${n} nicht bekommen.`, /multilingual/, /English/],
  ['English', (n: number) => `Where is the parcel ${n} that I ordered?`, /English sentences/, /multilingual/],
])(
  'where transfer is of no certain use for %s texts, networks of their language are named',
  async (_, text, named, not) => {
    const examples = Array.from({ length: 24 }, (_, n) => ({ input: text(n), label: n % 2 === 0 ? 'a' : 'b' }))
    const run = startRun({ cache: false })
    const options = { shots: [4], seeds: 2, methods: ['no-transfer', 'frozen'] }
    const { json } = await compare(await textTask.compare.run(dataset(examples), options, run), run)
    expect(json['verdict']).toMatch(/Other networks may know more of these: /)
    expect(json['verdict']).toMatch(named)
    expect(json['verdict']).not.toMatch(not)
  },
)

it('textLearners sets words of the training texts alone beside the frozen backbone', async () => {
  const topics = { sea: ['harbor', 'sailing', 'waves'], sky: ['clouds', 'flying', 'stars'] }
  const examples = Object.entries(topics).flatMap(([label, words]) =>
    Array.from({ length: 12 }, (_, i) => ({ input: `${words[i % 3]} number ${i}`, label })),
  )
  // Its graph is not at hand: there is nothing to leave untrained, nor to tune.
  const backbone = bagOfWords(examples.map(({ input }) => input))
  const learners = textLearners(backbone, { unfreeze: 1 })
  expect(learners.map(({ name, description }) => [name, description])).toEqual([
    ['no-transfer', 'bag of words from the training texts alone'],
    ['frozen', 'frozen bag-of-words'],
  ])

  const protocol = drawsPerClass(backbone, { shots: [4], draws: 2 })
  const { rows } = await compare({ data: dataset(examples), learners, protocol }, startRun({ cache: false }))
  expect(rows.map(({ learner, columns }) => [learner, columns])).toEqual([
    ['no-transfer', { shots: 4 }],
    ['frozen', { shots: 4 }],
  ])
})

it('textLearners with tuning adds the encoder from scratch and tuned', async () => {
  const encoder = await universalSentenceEncoder()
  const named = (tuning?: object) => textLearners(encoder, tuning).map(({ name, takes }) => [name, takes])
  const quick = [
    ['no-transfer', 'seconds'],
    ['untrained', 'minutes'],
    ['frozen', 'seconds'],
  ]
  expect(named()).toEqual(quick)
  expect(named({ unfreeze: 1 })).toEqual([
    ...quick.slice(0, 2),
    ['scratch', 'minutes'],
    ...quick.slice(2),
    ['fine-tuned', 'minutes'],
  ])
})
