import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compare } from '../compare/compare.js'
import { InputError } from '../contract/errors.js'
import type { ModelFiles } from '../contract/model-files.js'
import { type Run, startRun } from '../contract/run.js'
import type { Task } from '../contract/task.js'
import type { Packed, Trained } from '../contract/trained.js'
import { sha256 } from '../kit/sha256.js'
import { formatManifest } from '../model/manifest.js'
import { expectBench } from './bench-checks.js'

/** What a task is tried on. */
export interface TaskSubject<Query> {
  /** Where its data lie: small, and good enough to learn from in seconds. */
  readonly data: string
  /** Data to be asked about. Default: `data`. */
  readonly test?: string
  /** Options of reading and training, as flags give them. */
  readonly options?: object
  /** Options of comparing. */
  readonly comparing?: object
  readonly queries: readonly Query[]
  /** One that cannot be read, where there is such. */
  readonly unreadable?: Query
}

/**
 * The contract of a `Task` as a test suite: what its models learn they can be asked, saved, loaded from anywhere, measured and
 * compared, and what they say is JSON of the form that they announce.
 */
export function testTask<Data, Query, Answer>(task: Task<Data, Query, Answer>, subject: TaskSubject<Query>): void {
  const { data: path, test = path, options = {}, comparing = {}, queries, unreadable } = subject

  describe(`task "${task.name}"`, () => {
    let run: Run
    let data: Data
    let trained: Trained<Data, Query, Answer>
    const learned = async (): Promise<Trained<Data, Query, Answer>> =>
      (await task.train.run(data, options, run)).fit(data, run)
    beforeAll(async () => {
      run = startRun({ cache: false })
      data = await task.read.run(path, options, run)
      trained = await learned()
    })
    afterAll(() => trained.close())

    it('says what its options, queries and answers are as JSON schema', () => {
      for (const step of [task.read, task.train, task.compare]) {
        const { properties } = z.toJSONSchema(step.options, { io: 'input' })
        for (const [name, field] of Object.entries(properties ?? {})) {
          expect((field as { description?: string }).description, `description of option "${name}"`).toMatch(/\S/)
        }
      }
      expect(z.toJSONSchema(task.query, { io: 'input', unrepresentable: 'any' })).toBeTypeOf('object')
      expect(z.toJSONSchema(trained.answer, { unrepresentable: 'any' })).toBeTypeOf('object')
    })

    it('answers each query, in order, in the form that its model announces, and in words', async () => {
      const answers = await trained.ask(queries)
      expect(answers).toHaveLength(queries.length)
      for (const [place, answer] of answers.entries()) {
        expect(answer).not.toBeInstanceOf(InputError)
        expect(trained.answer.safeParse(JSON.parse(JSON.stringify(answer))).error).toBeUndefined()
        expect(trained.say(answer as Answer)).toMatch(/\S/)
        // Company changes no more than rounding.
        const [alone] = await trained.ask([queries[place] as Query])
        expect(trained.say(alone as Answer)).toBe(trained.say(answer as Answer))
      }
    })

    it.each(unreadable === undefined ? [] : [{ bad: unreadable }])(
      'a query that cannot be read spoils no other',
      async ({ bad }) => {
        const answers = await trained.ask([...queries, bad, ...queries])
        expect(answers[queries.length]).toBeInstanceOf(InputError)
        expect(answers.filter((answer) => answer instanceof InputError)).toHaveLength(1)
      },
    )

    it('learns the same from the same data and seed', async () => {
      const again = await learned()
      expect(hashes(await again.pack())).toEqual(hashes(await trained.pack()))
      await again.close()
    })

    it('is saved, known by its manifest, and loaded from wherever it lies', async () => {
      const { manifest, files } = await trained.pack()
      const { files: _, ...named } = JSON.parse(JSON.stringify(manifest))
      expect(task.opens(named)).toBe(true)
      expect(task.opens({ format: 'headstart-something-else' })).toBe(false)
      const loaded = await task.load(inMemory({ manifest, files }))
      const said = async (model: typeof trained): Promise<string[]> =>
        (await model.ask(queries)).map((answer) => model.say(answer as Answer))
      expect(await said(loaded)).toEqual(await said(trained))
      expect(loaded.describe().json).toEqual(JSON.parse(JSON.stringify(trained.describe().json)))
      await loaded.close()
    })

    it('measures one score for each question, and reports in JSON and in words', async () => {
      const asked = await task.read.run(test, { ...options, ...trained.reads }, run)
      const { scores } = await trained.measure(asked, run)
      expect(scores.length).toBeGreaterThan(0)
      expect(scores.every((score) => Number.isFinite(score))).toBe(true)
      for (const shown of [await trained.evaluate(asked, run), trained.describe()]) {
        expect(Object.keys(JSON.parse(JSON.stringify(shown.json)) as object)).not.toEqual([])
        expect(shown.text()).toMatch(/\S/)
      }
    })

    it('compares learners, none of which is measured on what it learned from', async () => {
      const plan = await task.compare.run(data, { ...options, ...comparing }, run)
      const comparison = await compare(plan, run)
      expect(comparison.rows.length).toBeGreaterThan(1)
      expect(new Set(plan.learners.map(({ name }) => name)).size).toBe(plan.learners.length)
      expect(comparison.json['verdict']).toMatch(/\S/)
      expect(comparison.text()).toContain(String(comparison.json['verdict']))
    })

    it.each(task.sample ? [task.sample] : [])('brings data to begin with: $name', async (sample) => {
      const paths = [...(await sample.files()).keys()]
      expect(paths).toContain('NOTICE')
      for (const place of [sample.train, sample.test])
        expect(paths.some((path) => place === '' || path === place || path.startsWith(`${place}/`))).toBe(true)
      expect(task.query.safeParse(sample.query).error).toBeUndefined()
      expect(task.compare.options.safeParse(sample.comparing).error).toBeUndefined()
      expect(Object.keys(sample.comparing).filter((name) => !(name in task.compare.options.shape))).toEqual([])
    })

    it.each(task.bench && task.sample ? [{ maker: task.bench, sample: task.sample }] : [])(
      'its data can be built up by hand: $maker.description',
      ({ maker, sample }) => expectBench(maker, sample, run),
    )

    it('closes as often as it is asked to', async () => {
      await trained.close()
      await expect(trained.close()).resolves.toBeUndefined()
    })
  })
}

/** A packed model as files in memory, the way a folder would hold them. */
function inMemory({ manifest, files }: Packed): ModelFiles {
  const listed = Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)]))
  const text = new TextEncoder().encode(formatManifest({ ...manifest, files: listed }))
  const all = new Map(files).set('headstart.json', text)
  return { name: 'memory', read: async (name) => all.get(name) }
}

function hashes({ manifest, files }: Packed): object {
  return { manifest: JSON.stringify(manifest), files: [...files].map(([name, bytes]) => [name, sha256(bytes)]) }
}
