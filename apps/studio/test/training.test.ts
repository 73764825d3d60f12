import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { emptyFolder, ended, openStudio } from './open-studio.js'

const texts = {
  delivery: [
    'It came late.',
    'The parcel never came.',
    'The courier lost it.',
    'Left at the wrong door.',
    'A week late.',
    'Where is my parcel?',
    'No delivery today.',
    'The van drove past.',
  ],
  payment: [
    'Charged twice.',
    'My card was refused.',
    'The invoice is wrong.',
    'Refund me.',
    'I paid too much.',
    'The discount is missing.',
    'Wrong amount.',
    'Payment failed.',
  ],
}
const rows = Object.entries(texts).flatMap(([label, all]) => all.map((text) => ({ text, label })))

describe('a training', () => {
  it('of texts gives a model, its figures, and what can be looked at', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path, { task: 'text' })
    const { client } = opened
    await client.addRows({ rows: [...rows, { text: 'The courier was late.' }, { text: 'I was charged.' }] })
    expect(await client.next(1)).toMatchObject({ left: 2, proposals: [{ guess: null }] })
    await expect(client.ask({ query: 'x' })).rejects.toThrow('Train one first.')
    expect(await (await fetch(`${opened.studio.url}/models/model/predict`)).text()).toContain('Train one first.')
    await expect(client.train({ network: '/etc' })).resolves.toMatchObject({ status: 'running' })
    expect(await ended(client)).toMatchObject({ error: expect.stringContaining('network: expected one of') })
    await client.train({ methods: ['frozen', 'no-transfer'] })
    await expect(client.train()).rejects.toThrow('one piece of work at a time')
    expect(await ended(client)).toMatchObject({ status: 'done', error: null })
    const [run] = await client.runs()
    expect(run).toMatchObject({ kept: 'frozen', counts: { delivery: 8, payment: 8 }, changed: ['The first training.'] })
    expect(run?.methods.map(({ name, score }) => [name, score?.examples])).toEqual([
      ['frozen', 4],
      ['no-transfer', 4],
    ])
    expect(run?.verdict).toHaveLength(1)
    const { model } = await client.project()
    expect(model).toMatchObject({ run: run?.id, labels: ['delivery', 'payment'], stale: false, explains: true })

    const confusion = await client.confusion()
    expect(confusion?.cells.flatMap(({ ids }) => ids)).toHaveLength(4)
    for (const { given, ids } of confusion?.cells ?? [])
      for (const { label } of (await client.examples({ ids: ids.join(',') })).examples) expect(label).toBe(given)
    const limits = await client.limits()
    expect(limits?.confidence.refused[0]).toBe(0)
    expect(limits?.calibration.count.reduce((sum, count) => sum + count, 0)).toBe(4)
    expect(limits?.detection).toMatchObject({ label: 'payment' })
    expect(limits?.detection?.recall[0]).toBe(1)
    const map = await client.map()
    expect(map.ids).toHaveLength(18)
    expect(map.label.filter((label) => label === -1)).toHaveLength(2)
    expect(Math.max(...map.x.map(Math.abs))).toBe(1)
    expect((await client.components()).length).toBe(18 * map.components)

    const { proposals } = await client.next(2)
    expect(proposals.map(({ guess }) => guess?.label)).toEqual(expect.arrayContaining(['delivery', 'payment']))
    const asked = await client.ask({ query: 'The courier never came.', unknown: true })
    expect(asked.answers[0]?.answer).toMatchObject({ probabilities: expect.any(Object) })
    const why = await client.explain({ query: 'The courier never came.' })
    expect(why.parts.map(({ text }) => text).join('')).toBe('The courier never came.')
    expect(why.nearest[0]?.label).toBe('delivery')
    expect(why.notes.join()).not.toContain('--')
    await expect(client.ask({ query: 5 })).rejects.toThrow('a query of the task text')
    const taken = await client.takeAway()
    expect(taken.typescript).toContain(JSON.stringify(join(folder.path, 'model')))
    expect(taken.serve).toBe(`headstart serve ${join(folder.path, 'model')}`)
    expect(taken.request).toBe(
      `curl ${opened.studio.url}/models/model/predict -H 'Content-Type: application/json' -d '{"input":"some text"}'`,
    )
    // As that command asks it, and `headstart serve` answers.
    const served = await fetch(`${opened.studio.url}/models/model/predict`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"input":"The courier never came."}',
    })
    expect(served.status).toBe(200)
    const { label, probability } = asked.answers[0]?.answer ?? {}
    expect(await served.json()).toMatchObject({ label, probability: expect.closeTo(probability as number, 5) })
    expect((await fetch(`${opened.studio.url}/models`)).status).toBe(200)
    expect((await client.export('onnx')).path).toBe(join(folder.path, 'exports', 'onnx.onnx'))
    expect(await readdir(join(folder.path, 'exports'))).toEqual(['onnx.onnx'])

    // What is labeled now is news to it, and what the next one says is new.
    await client.setLabels({ changes: [{ id: proposals[0]?.example.id as string, label: 'delivery' }] })
    expect((await client.project()).model?.stale).toBe(true)
    await client.train({ methods: ['no-transfer'] })
    expect(await ended(client)).toMatchObject({ error: expect.stringContaining('one whose model can be kept') })
    await client.train()
    await ended(client)
    expect((await client.runs())[0]?.changed).toEqual(['1 more of delivery.'])

    // Trained elsewhere: it answers, and nobody claims to know how good it is.
    const path = join(folder.path, 'model', 'headstart.json')
    await writeFile(path, `${await readFile(path, 'utf8')}\n`)
    expect((await client.project()).model).toMatchObject({ run: null, score: null, stale: false })
    expect(await client.confusion()).toBeNull()
    expect((await client.ask({ query: 'Refund me.' })).answers).toHaveLength(1)
  })

  it('that is cancelled leaves everything as it was', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path, { task: 'text' })
    const { client } = opened
    await client.addRows({ rows })
    await client.train({ methods: ['frozen', 'fine-tuned'] })
    await client.cancel()
    expect(await ended(client)).toMatchObject({ status: 'cancelled', error: null })
    expect(await client.runs()).toEqual([])
    expect(await readdir(folder.path)).not.toContain('model')
  })

  it('of too little says what is missing', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path, { task: 'text' })
    const { client } = opened
    await client.train()
    expect(await ended(client)).toMatchObject({ status: 'failed', error: expect.stringContaining('Label some') })
    await client.addRows({ rows: rows.slice(0, 3) })
    await client.train()
    expect(await ended(client)).toMatchObject({ status: 'failed', error: expect.stringContaining('"delivery" alone') })
    await client.startCheck()
    expect((await ended(client)).status).toBe('done')
    expect(await client.check()).toMatchObject({ stale: false, suspects: [] })
  })
})

it('a bot is built as texts are, with its answers beside them', async () => {
  await using folder = await emptyFolder()
  await using opened = await openStudio(folder.path)
  const { client } = opened
  await client.create({ task: 'chat', sample: true })
  expect(await readdir(folder.path)).toEqual(expect.arrayContaining(['data.csv', 'answers.csv', 'chat.json']))
  const { labels } = await client.project()
  await client.train()
  expect(await ended(client)).toMatchObject({ status: 'done', error: null })
  const { model } = await client.project()
  expect(model?.labels.toSorted()).toEqual(labels.map(({ name }) => name).sort())
  expect((await client.confusion())?.cells.length).toBeGreaterThan(labels.length - 1)
  const { answers } = await client.ask({ query: 'When do you open on Saturday?' })
  expect(answers[0]?.answer).toMatchObject({ label: 'opening_hours', reply: expect.stringContaining('Tuesday') })
  // It is talked to: what it said goes along with what is said next.
  const { context } = answers[0]?.answer ?? {}
  const next = await client.ask({ query: { text: 'When do you open on Saturday?', context } })
  expect(next.answers[0]?.answer['context']).toMatchObject({ answered: { opening_hours: 2 } })
  expect((await client.explain({ query: 'When do you open?' })).nearest[0]?.label).toBe('opening_hours')
  expect((await client.map()).ids.length).toBeGreaterThan(20)
})

describe('pictures', () => {
  const picture = (hue: number, place: number): Promise<Buffer> =>
    sharp({ create: { width: 32, height: 32, channels: 3, background: `hsl(${hue}, 80%, ${30 + 4 * place}%)` } })
      .png()
      .toBuffer()
  const blob = async (hue: number, place: number) => new Blob([new Uint8Array(await picture(hue, place))])

  it('are taken but for a broken one, learn though a label is renamed meanwhile, and are found under the new one', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path, { task: 'image' })
    const { client } = opened
    for (let place = 0; place < 6; place++) {
      await client.addFile(`red/${place}.png`, await blob(0, place))
      await client.addFile(`${place}.png`, await blob(240, place), 'blue')
    }
    expect(await client.addFile('red/broken.png', (await blob(0, 9)).slice(0, 60))).toMatchObject({
      added: 0,
      refused: [{ name: 'red/broken.png', message: expect.stringContaining('red/broken.png') }],
    })
    expect(await client.addFile('again.png', await blob(0, 1), 'red')).toMatchObject({ added: 0, doubles: 1 })
    await expect(client.rename({ from: 'red', to: '../out' })).rejects.toThrow('a name that a folder can have')
    await client.train()
    while (!(await client.project()).job?.doing.startsWith('frozen'))
      await new Promise((resolve) => setTimeout(resolve, 20))
    await client.rename({ from: 'red', to: 'warm' })
    expect((await client.project()).job?.status).toBe('running')
    expect(await ended(client)).toMatchObject({ status: 'done', error: null })
    expect(await readdir(join(folder.path, 'data'))).toEqual(['blue', 'warm'])
    expect(await readdir(folder.path)).not.toContainEqual(expect.stringContaining('training-'))
    const { model, labels } = await client.project()
    expect(labels.map(({ name }) => name)).toEqual(['warm', 'blue'])
    // It learned the name of before, and says that the data are others now.
    expect(model).toMatchObject({ labels: ['blue', 'red'], stale: true })
    await client.undo()
    expect(await readdir(join(folder.path, 'data', 'red'))).toHaveLength(6)

    const { examples } = await client.examples({ label: 'red', limit: 1 })
    const shown = await fetch(client.picture(examples[0]?.id as string, 16))
    expect(shown.headers.get('content-type')).toBe('image/jpeg')
    const base64 = (await picture(0, 3)).toString('base64')
    expect((await client.ask({ query: { base64 } })).answers[0]?.said).toContain('red')
    await expect(client.ask({ query: '/etc/hostname' })).rejects.toThrow('the bytes of a picture')
  })
})

it('pictures that lie in folders of their classes are taken, and stay where they are', async () => {
  await using folder = await emptyFolder()
  for (const [label, hue] of [
    ['red', 0],
    ['blue', 240],
  ] as const) {
    await mkdir(join(folder.path, label), { recursive: true })
    const bytes = await sharp({ create: { width: 16, height: 16, channels: 3, background: `hsl(${hue}, 80%, 50%)` } })
      .png()
      .toBuffer()
    await writeFile(join(folder.path, label, 'one.png'), bytes)
  }
  await using opened = await openStudio(folder.path, { task: 'image' })
  const { examples } = await opened.client.examples()
  expect(examples.map(({ label }) => label)).toEqual(['blue', 'red'])
  await opened.client.rename({ from: 'red', to: 'warm' })
  expect(await readdir(join(folder.path, 'red'))).toEqual(['one.png'])
  expect(await readdir(join(folder.path, 'data'))).toEqual(['blue', 'warm'])
})

describe('a shop', () => {
  it('is shown as cards, records who took what, and sets methods side by side', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(folder.path)
    const { client } = opened
    await client.create({ task: 'recommend', sample: true })
    const { examples } = await client.examples({ search: 'espresso' })
    expect(examples[0]?.shown).toMatchObject({ type: 'card', details: { category: 'coffee' } })
    const interactions = () => readFile(join(folder.path, 'data', 'interactions.csv'), 'utf8')
    const before = await interactions()
    const items = examples.slice(0, 2).map(({ id }) => id)
    const users = new Set([...before.matchAll(/^(.+?),/gm)].map(([, user]) => user)).size - 1
    expect((await client.project()).counts).toEqual({ total: 96, labeled: users, unlabeled: 0 })
    expect(await client.recordChoices({ user: 'me', items })).toMatchObject({ changed: 2, undo: 'me took 2 items' })
    expect((await client.project()).counts.labeled).toBe(users + 1)
    expect((await interactions()).slice(before.length)).toMatch(
      new RegExp(`^me,${items[0]},.*Z\nme,${items[1]},.*Z\n$`),
    )
    await client.undo()
    expect(await interactions()).toBe(before)
    await expect(client.recordChoices({ user: 'me', items: ['nothing'] })).rejects.toThrow('Choose from its cards.')
    await client.startCheck()
    expect(await ended(client)).toMatchObject({ status: 'done', error: null })
    expect((await client.check())?.summary).toMatch(/^96 items, \d+ users, \d+ events: 1 to look at\.$/)

    await client.train({ methods: ['ease-text', 'popularity'] })
    expect(await ended(client)).toMatchObject({ status: 'done' })
    const [run] = await client.runs()
    expect(run?.verdict[0]).toContain('ease-text is better than popularity here, for certain')
    expect((await client.project()).model).toMatchObject({ run: run?.id, stale: false })
    const query = { history: items, k: 3, explain: true }
    const { answers } = await client.ask({ query, methods: ['ease-text', 'popularity'] })
    expect(answers.map(({ method, answer }) => [method, answer.recommendations?.length])).toEqual([
      ['ease-text', 3],
      ['popularity', 3],
    ])
    await expect(client.ask({ query, methods: ['als'] })).rejects.toThrow(
      'those of the last training (ease-text, popularity)',
    )
    await expect(client.map()).rejects.toThrow('items of a shop')
    // They stand side by side after a restart, too.
    await opened.studio.close()
    await using again = await openStudio(folder.path)
    const said = await again.client.ask({ query, methods: ['popularity', 'ease-text'] })
    expect(said.answers.map(({ answer }) => answer)).toEqual(answers.map(({ answer }) => answer).toReversed())
    await again.client.recordChoices({ user: 'me', items })
    expect((await again.client.project()).model?.stale).toBe(true)
  })

  it('of another project is no model of this one, and is said to be', async () => {
    await using folder = await emptyFolder()
    await mkdir(join(folder.path, 'model'))
    const fixtures = new URL('../../../packages/recommender/test/fixtures/saved/', import.meta.url)
    const [saved] = await readdir(fixtures)
    await cp(new URL(`${saved}/`, fixtures), join(folder.path, 'model'), { recursive: true })
    await using opened = await openStudio(folder.path, { task: 'text' })
    const { model, notices } = await opened.client.project()
    expect(model).toBeNull()
    expect(notices.join()).toContain('expected a model of the task text, got one of another task')
  })
})
