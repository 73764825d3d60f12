import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { emptyFolder, ended, openStudio } from './open-studio.js'

const things = ['parcel', 'courier', 'box', 'van', 'letter', 'card', 'lid', 'zip']

it('texts with several labels each are built up, learned from, and proposed', async () => {
  await using folder = await emptyFolder()
  await using opened = await openStudio(folder.path)
  const { client } = opened
  await expect(client.create({ task: 'image', kind: 'multi-label' })).rejects.toThrow('kind: expected one of')
  await expect(client.create({ task: 'text', kind: 'multi-label', sample: true })).rejects.toThrow('your own data')
  await client.create({ task: 'text', kind: 'multi-label' })
  const rows = things.flatMap((thing) => [
    { text: `The ${thing} came late.`, label: 'late' },
    { text: `The ${thing} came broken.`, label: 'broken' },
    { text: `The ${thing} came late and broken.`, label: 'late|broken' },
    { text: `I like the ${thing}.`, label: '[]' },
  ])
  await client.addRows({ rows: [...rows, { text: 'The key came late.' }, { text: 'The key came broken.' }] })
  const { labels, kind, counts } = await client.project()
  expect(kind).toBe('multi-label')
  expect(labels).toEqual([
    { name: 'late', count: 16 },
    { name: 'broken', count: 16 },
  ])
  expect(counts).toMatchObject({ labeled: 32, unlabeled: 2 })
  expect((await client.examples({ label: 'broken' })).total).toBe(16)
  await client.rename({ from: 'late', to: 'slow' })
  expect((await client.examples({ search: 'parcel came late and' })).examples[0]?.label).toBe('slow|broken')
  await client.undo()

  await client.train({ methods: ['frozen'] })
  expect(await ended(client)).toMatchObject({ status: 'done', error: null })
  const [run] = await client.runs()
  expect(run?.methods[0]?.score).toMatchObject({ measure: expect.stringContaining('right as a whole'), examples: 8 })
  expect(run?.counts).toEqual({ late: 16, broken: 16 })
  expect(await client.confusion()).toBeNull()
  const { answers } = await client.ask({ query: 'The door came late and broken.' })
  expect(answers[0]?.answer.labels?.toSorted()).toEqual(['broken', 'late'])
  const { proposals } = await client.next(2)
  expect(proposals.map(({ guess }) => guess?.label)).toEqual(expect.arrayContaining(['late', 'broken']))
  expect((await client.map()).labels).toEqual(['broken', 'late', 'none of them'])
  expect((await client.explain({ query: 'The door came late.' })).notes.join()).not.toContain('--keep')

  // What the terminal trains with --kind multi-label reads the same.
  expect(await readFile(join(folder.path, 'data.csv'), 'utf8')).toContain('The zip came late and broken.,late|broken\n')
})

it('texts with a number each take numbers alone, and are judged by the error', async () => {
  await using folder = await emptyFolder()
  await writeFile(join(folder.path, 'stars.csv'), 'text,label\nNever again,1\n')
  await using opened = await openStudio(folder.path)
  const { client } = opened
  await client.create({ task: 'text', kind: 'regression', data: 'stars.csv' })
  const rows = things.flatMap((thing, at) => [
    { text: `A very bad ${thing}.`, label: String(1 + (at % 2) / 10) },
    { text: `An ok ${thing}.`, label: '3' },
    { text: `A wonderful ${thing}!`, label: '5' },
  ])
  await client.addRows({ rows: [...rows, { text: 'A wonderful key!' }] })
  await expect(client.addRows({ rows: [{ text: 'Hm.', label: 'good' }] })).resolves.toMatchObject({
    added: 0,
    refused: [{ message: expect.stringContaining('expected a number, got "good"') }],
  })
  const { examples } = await client.examples({ search: 'Never again' })
  await expect(client.setLabels({ changes: [{ id: examples[0]?.id as string, label: 'x' }] })).rejects.toThrow(
    'label: expected a number',
  )
  expect(await client.project()).toMatchObject({ kind: 'regression', labels: [], counts: { labeled: 25 } })
  await client.train({ methods: ['frozen', 'no-transfer'] })
  expect(await ended(client)).toMatchObject({ status: 'done', error: null })
  const [run] = await client.runs()
  expect(run?.counts).toEqual({ examples: 25 })
  expect(run?.methods[0]?.score?.value).toBeLessThan(0)
  expect(run?.verdict[0]).toMatch(/error on \d+ questions/)
  expect((await client.next(1)).proposals[0]?.guess?.label).toMatch(/^[\d.]+$/)
  expect((await client.map()).labels).toHaveLength(3)
})
