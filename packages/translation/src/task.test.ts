import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRun } from '@headstart/core'
import { testTask } from '@headstart/core/test'
import { afterAll, describe, expect, it } from 'vitest'
import { translateTask } from './task.js'
import { writeTranslator } from './test/tiny-translator.js'

const root = await mkdtemp(join(tmpdir(), 'translate-task-'))
afterAll(() => rm(root, { recursive: true }))
const words = ['file datei', 'page seite', 'menu menü', 'view ansicht', 'list liste'].map((pair) => pair.split(' '))
const lines = words.flatMap(([a, one]) =>
  words.flatMap(([b, other]) => (a === b ? [] : [`the ${a} ${b}\tdie ${one} ${other}`])),
)
const [backbone, data, test] = [join(root, 'tiny'), join(root, 'pairs.tsv'), join(root, 'test.tsv')]
await writeTranslator(backbone)
await writeFile(data, ['source\ttarget', ...lines, ''].join('\n'))
await writeFile(test, ['source\ttarget', ...lines.slice(0, 3), ''].join('\n'))

testTask(translateTask, {
  data,
  test,
  options: { backbone, epochs: 2, learningRate: 0.02 },
  comparing: { shots: [10], seeds: 1, methods: ['untouched', 'lora'], lora: 2 },
  queries: ['the file page', 'open {name}'],
})

describe('the task translate', () => {
  it('compares an untouched translator with adapted ones: chrF2 and BLEU with their spread, by the number of pairs', async () => {
    const run = startRun()
    const { learners, protocol } = await translateTask.compare.run(
      await translateTask.read.run(data, {}, run),
      { backbone, seeds: 2 },
      run,
    )
    expect(learners.map(({ name }) => name)).toEqual(['untouched', 'scratch', 'frozen-encoder', 'lora', 'all'])
    expect(protocol.measure).toBe('chrF2')
  })

  it('wants to know the translator to begin with', async () => {
    const run = startRun()
    const pairs = await translateTask.read.run(data, {}, run)
    await expect(translateTask.train.run(pairs, {}, run)).rejects.toThrow('--backbone Xenova/opus-mt-en-de')
    await expect(translateTask.read.run(undefined, {}, run)).rejects.toThrow('expected DATA')
  })
})
