import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeTranslator } from '@headstart/translation/test'
import { imageTask } from '@headstart/vision'
import { expect, it } from 'vitest'
import { emptyFolder, ended, openStudio } from './open-studio.js'

const things = ['parcel', 'courier', 'box', 'van', 'letter', 'card', 'lid', 'zip']

it('texts with several labels each are built up, learned from, and proposed', async () => {
  await using folder = await emptyFolder()
  await using opened = await openStudio(folder.path)
  const { client } = opened
  await expect(client.create({ task: 'chat', kind: 'multi-label' })).rejects.toThrow('kind: expected one of')
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

it('texts are translated: pairs are brought, written, learned from, tried and taken away', async () => {
  await using folder = await emptyFolder()
  await using translator = await emptyFolder()
  await writeTranslator(translator.path)
  const words = ['file datei', 'page seite', 'menu menü', 'view ansicht', 'list liste'].map((pair) => pair.split(' '))
  const pairs = words.flatMap(([a, one]) =>
    words.flatMap(([b, other]) => (a === b ? [] : [[`the ${a} ${b}`, `die ${one} ${other}`] as const])),
  )
  const [first = ['', ''], ...others] = pairs
  await writeFile(join(folder.path, 'strings.csv'), `en,translation\n${others.map((pair) => pair.join()).join('\n')}\n`)
  await writeFile(join(folder.path, 'reviews.csv'), 'text,label\nGood,pos\nBad,neg\n')
  await using opened = await openStudio(folder.path, { backbone: translator.path })
  const { client } = opened
  const { found, kinds } = await client.project()
  expect(kinds.map(({ task }) => task)).toContain('translate')
  expect(found).toEqual([
    { task: 'text', data: 'reviews.csv', fit: 1, kinds: ['classification'] },
    { task: 'translate', data: 'strings.csv', fit: 1, kinds: ['text'] },
    { task: 'chat', data: 'reviews.csv', fit: 0.5, kinds: ['classification'] },
  ])
  await client.create({ task: 'translate', data: 'strings.csv' })
  const table = 'source,target\nnew list,neue liste\n'
  await client.addFile('more.csv', new Blob([table]))
  await client.addFile('old.po', new Blob(['msgid "open"\nmsgstr "öffnen"\n\nmsgid "close"\nmsgstr ""\n']))
  await client.addRows({ rows: [{ text: first[0] }] })
  const state = await client.project()
  expect(state).toMatchObject({ kind: 'text', labelName: 'translation', labels: [] })
  expect(state.counts).toEqual({ total: 23, labeled: 21, unlabeled: 2 })
  expect(state.has).toEqual({ check: false, curve: false, map: false, replies: false })
  expect(state.networks[0]?.id).toBe(translator.path)
  const label = async (source: string, text: string | null): Promise<void> => {
    const { examples } = await client.examples({ search: source })
    await client.setLabels({ changes: [{ id: examples[0]?.id as string, label: text }] })
  }
  await label(first[0], 'die "datei", seite\nzwei')
  expect(await readFile(join(folder.path, 'data.csv'), 'utf8')).toContain(
    'the file page,"die ""datei"", seite\nzwei"\n',
  )
  await label(first[0], first[1])

  await client.train({ methods: ['untouched', 'frozen-encoder'], keep: 'frozen-encoder' })
  expect(await ended(client)).toMatchObject({ status: 'done', error: null })
  const [run] = await client.runs()
  expect(run?.counts).toEqual({ pairs: 22 })
  expect(run?.methods.map(({ name, score }) => [name, score?.measure, score?.examples])).toEqual([
    ['frozen-encoder', 'chrF2', 6],
    ['untouched', 'chrF2', 6],
  ])
  const misses = await client.misses()
  expect(misses?.examples).toBe(6)
  expect(misses?.worst.map(({ score }) => score)).toEqual(
    misses?.worst.map(({ score }) => score).toSorted((a, b) => a - b),
  )
  expect(await client.confusion()).toBeNull()
  const { answers } = await client.ask({ query: 'the file' })
  expect(answers[0]?.answer.label).toBe(answers[0]?.said)
  const { proposals, left } = await client.next(3)
  expect([left, proposals[0]?.example.shown]).toEqual([1, { type: 'text', text: 'close' }])
  expect(proposals[0]?.guess?.label).toEqual(expect.any(String))
  expect(await client.takeAway()).toMatchObject({ typescript: expect.stringContaining('@headstart/translation') })
  const response = await fetch(`${opened.studio.url}/models/model/translate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: 'the file' }),
  })
  expect(await response.json()).toMatchObject({ text: answers[0]?.answer.label })
})

it('pictures with several labels each lie in a table, and are learned from', async () => {
  await using folder = await emptyFolder()
  await using opened = await openStudio(folder.path)
  const { client } = opened
  await client.create({ task: 'image', kind: 'multi-label' })
  const drawings = [...((await imageTask.sample?.files()) ?? new Map<string, Uint8Array>())]
  const some = ['animal', 'food'].flatMap((label) =>
    drawings.filter(([path]) => path.startsWith(`train/${label}/`)).slice(0, 16),
  )
  for (const [place, [path, bytes]] of some.entries()) {
    const drawn = path.split('/')[1] as string
    await client.addFile(path, new Blob([bytes as Uint8Array<ArrayBuffer>]), place % 2 ? `${drawn}|odd` : undefined)
  }
  const [, bytes] = some[0] as [string, Uint8Array<ArrayBuffer>]
  expect(await client.addFile('again.png', new Blob([bytes]), 'food')).toMatchObject({ added: 0, doubles: 1 })
  expect(await client.addFile('broken.png', new Blob(['nothing']))).toMatchObject({
    added: 0,
    refused: [{ name: 'broken.png' }],
  })
  expect(await client.addFile('odd.png', new Blob([bytes]), ' ')).toMatchObject({
    added: 0,
    refused: [{ message: expect.stringContaining('names of classes, separated by |') }],
  })
  const [, other] = drawings.find(([path]) => path.startsWith('test/')) as [string, Uint8Array<ArrayBuffer>]
  await client.addFile('without.png', new Blob([other]))
  const { labels, counts } = await client.project()
  expect(labels).toEqual([
    { name: 'animal', count: 16 },
    { name: 'odd', count: 16 },
    { name: 'food', count: 16 },
  ])
  expect(counts).toEqual({ total: 33, labeled: 32, unlabeled: 1 })
  const { examples } = await client.examples({ label: 'odd' })
  const one = examples[0]?.id as string
  await client.remove({ ids: [one] })
  await client.undo()
  const picture = await fetch(client.picture(one, 64))
  expect(picture.status).toBe(200)
  expect(await readFile(join(folder.path, 'data.csv'), 'utf8')).toMatch(/^path,label\npictures\/\S+,animal\n/)

  await client.train({ methods: ['frozen'] })
  expect(await ended(client)).toMatchObject({ status: 'done', error: null })
  const [run] = await client.runs()
  expect(run?.methods[0]?.score?.examples).toBe(8)
  expect((await client.misses())?.examples).toBe(8)
  expect((await client.ask({ id: one })).answers[0]?.answer.labels).toEqual(expect.any(Array))
  expect((await client.map()).ids).toHaveLength(33)
})

it('what a bot says is edited beside its texts, goes along with a label that is renamed, and is learned', async () => {
  await using folder = await emptyFolder()
  await using opened = await openStudio(folder.path)
  const { client } = opened
  await client.create({ task: 'chat' })
  const texts = (about: string): string[] => things.map((thing) => `${about} the ${thing}?`)
  const table = [
    'text,label,answer',
    ...texts('Where is').map((text, at) => `${text},where,${at === 0 ? 'On its way.' : ''}`),
    ...texts('How much is').map((text) => `${text},price,`),
  ].join('\n')
  await client.addFile('bot.csv', new Blob([table]))
  // The answers beside the texts came along.
  expect(await client.replies()).toEqual([{ label: 'where', texts: ['On its way.'] }])
  await client.addFile('chat.json', new Blob([JSON.stringify({ answers: { price: 'A lot.' }, wording: {} })]))
  expect(await client.setReplies({ label: 'price', texts: ['Ten euros.', ' ', 'Ten, "all in".'] })).toEqual([
    { label: 'where', texts: ['On its way.'] },
    { label: 'price', texts: ['Ten euros.', 'Ten, "all in".'] },
  ])
  expect(JSON.parse(await readFile(join(folder.path, 'chat.json'), 'utf8'))).toEqual({ answers: {}, wording: {} })
  await client.rename({ from: 'price', to: 'cost' })
  expect((await client.replies()).map(({ label }) => label)).toEqual(['where', 'cost'])
  await client.train({ methods: ['frozen'] })
  expect(await ended(client)).toMatchObject({ status: 'done', error: null })
  const { answers } = await client.ask({ query: { text: 'How much is the parcel?' } })
  expect(['Ten euros.', 'Ten, "all in".']).toContain(answers[0]?.answer.reply)
  expect((await client.project()).model?.stale).toBe(false)
  await client.setReplies({ label: 'cost', texts: ['Eleven.'] })
  expect((await client.project()).model?.stale).toBe(true)
})
