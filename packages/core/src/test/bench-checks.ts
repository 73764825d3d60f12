import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Bench, BenchMaker } from '../contract/bench.js'
import type { Run } from '../contract/run.js'
import { laidOut } from '../bench/laid-out.js'
import type { Sample } from '../contract/sample.js'

/**
 * The contract of a `Bench`: what is brought is in the list and in the files, goes where it is moved, comes back, and a snapshot stays as
 * it is. Written to a folder that goes again.
 * @param sample Of its task: what is brought.
 */
export async function expectBench<Data, Query>(
  maker: BenchMaker<Data, Query>,
  sample: Sample<Query>,
  run: Run,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-bench-'))
  try {
    expect(maker.program).toHaveLength(3)
    expect(await maker.find(folder)).toEqual([])
    await expectFit(maker, sample)
    await maker.create(folder, undefined)
    const bench = maker.open(folder)
    expect(await bench.list()).toEqual([])
    const files = [...(await sample.files())].filter(([name]) => name !== sample.test && name !== 'NOTICE')
    const { added, refused } = await bench.add(files.map(([name, bytes]) => ({ name, bytes })))
    expect(refused).toEqual([])
    expect(added.length).toBeGreaterThan(1)
    const list = await bench.list()
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length)
    expect(list.every(({ shown }) => shown.type === bench.brings)).toBe(true)
    expect(await bench.list()).toBe(list)
    // Another process sees the same.
    expect(await maker.open(folder).list()).toEqual(list)
    const fingerprint = await bench.fingerprint()
    await (bench.labels ? expectLabels(bench, run) : expectRecord(bench, run))
    expect(await bench.fingerprint()).not.toBe(fingerprint)
    expect(await bench.move([{ id: 'nothing', to: null }])).toEqual(['nothing'])
    expect((await readdir(folder)).filter((name) => /\.tmp$|^training-/.test(name))).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What comes with a task is of use to it, and what is of no use is said to be of none. */
async function expectFit<Data, Query>(maker: BenchMaker<Data, Query>, sample: Sample<Query>): Promise<void> {
  const files = [...(await sample.files())].map(([name, bytes]) => ({ name, bytes }))
  await using place = await laidOut([...files, { name: 'some.csv', bytes: Buffer.from('one,another\n1,2\n') }])
  const fits = await maker.fit(place.folder, place.names)
  expect(fits).toHaveLength(place.names.length)
  expect(fits.every((fit) => fit >= 0 && fit <= 1)).toBe(true)
  expect(Math.max(...fits)).toBeGreaterThan(0.5)
  expect(fits.at(-1)).toBe(0)
  expect(await maker.fit(place.folder, ['nothing.csv'])).toEqual([0])
}

async function expectLabels<Data, Query>(bench: Bench<Data, Query>, run: Run): Promise<void> {
  const list = await bench.list()
  const labelOf = async (id: string): Promise<string | null | undefined> =>
    (await bench.list()).find((one) => one.id === id)?.label
  const first = list.find(({ label }) => label !== null)
  const id = first?.id as string
  const before = first?.label as string

  const snapshot = await bench.snapshot()
  expect(snapshot.ids).toHaveLength(list.filter(({ label }) => label !== null).length)
  expect(snapshot.fingerprint).toBe(await bench.fingerprint())
  expect(snapshot.counts[before]).toBe(list.filter(({ label }) => label === before).length)

  expect(await bench.move([{ id, to: { label: 'another one' } }])).toEqual([])
  expect(await labelOf(id)).toBe('another one')
  await bench.move([{ id, to: { label: null } }])
  expect(await labelOf(id)).toBeNull()
  await bench.move([{ id, to: null }])
  expect(await labelOf(id)).toBeUndefined()
  await bench.move([{ id, to: { label: before } }])
  expect(await labelOf(id)).toBe(before)
  await bench.move([{ id, to: { label: 'another one' } }])
  await expect(bench.move([{ id, to: { label: ' ' } }])).rejects.toThrow('the name of a class')
  expect(await labelOf(id)).toBe('another one')
  expect(await bench.query(id)).toBeDefined()
  await expect(bench.query('nothing')).rejects.toThrow('the id of one that is there')

  // What was moved meanwhile did not reach it.
  const { questions } = await snapshot.split(await snapshot.read(run), run)
  expect(questions.length).toBeGreaterThan(1)
  const labels = new Map(list.map((one) => [one.id, one.label]))
  for (const question of questions) expect(question.label).toBe(labels.get(question.id))
  await snapshot.close()
}

async function expectRecord<Data, Query>(bench: Bench<Data, Query>, run: Run): Promise<void> {
  const [first, second] = await bench.list()
  const before = await bench.snapshot()
  const moves = (await bench.record?.('somebody new', [first?.id as string, second?.id as string])) ?? []
  expect(moves).toHaveLength(2)
  const after = await bench.snapshot()
  expect(after.counts['users']).toBe((before.counts['users'] as number) + 1)
  expect(after.fingerprint).not.toBe(before.fingerprint)
  await bench.move(moves.map(({ id }) => ({ id, to: null })))
  const undone = await bench.snapshot()
  expect(undone.counts).toEqual(before.counts)
  await bench.move(moves)
  for (const one of [before, after, undone]) {
    expect((await one.split(await one.read(run), run)).questions).toEqual([])
    await one.close()
  }
}
