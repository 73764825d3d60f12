import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writePictures } from './pictures.js'
import { csv, reviews } from './reviews.js'
import { openScene, type Scene } from './scene.js'

let scene: Scene
let tiny: string[]
beforeAll(async () => {
  scene = await openScene()
  await writeFiles(scene.path('tiny-bert'), bertFiles())
  tiny = ['--task', 'text', '--backbone', scene.path('tiny-bert')]
})
afterAll(() => scene.remove())

describe('headstart check', () => {
  it('prints the documented fields, and writes a page and a table of what to look at', async () => {
    const rows = reviews(12)
    const odd = [
      { text: rows[0]?.text ?? '', label: 'positive' },
      { text: `${rows[1]?.text.toUpperCase()}!`, label: 'negative' },
      { text: 'Spelled otherwise.', label: 'Positive ' },
      { text: '', label: 'negative' },
    ]
    const data = await scene.write('odd.csv', csv([...rows, ...odd]))
    const test = await scene.write(
      'odd-test.csv',
      csv([{ text: rows[2]?.text ?? '', label: 'negative' }, ...reviews(3, 90)]),
    )
    const [page, fix] = [scene.path('check.html'), scene.path('suspects.csv')]
    const { code, stdout, stderr } = await scene.run([
      'check',
      data,
      ...tiny,
      '--test',
      test,
      '--html',
      page,
      '--fix',
      fix,
      '--json',
    ])
    expect(stderr).not.toMatch(/headstart:/)
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as { issues: { kind: string; rows: number[] }[] }
    expect(result).toMatchObject({
      task: 'text',
      kind: 'classification',
      examples: 28,
      testExamples: 7,
      labels: ['Positive', 'negative', 'positive'],
      html: page,
      fix,
      notes: [],
    })
    const found = (kind: string): unknown[] => result.issues.filter((issue) => issue.kind === kind)
    expect(found('contradiction')).toEqual([
      {
        kind: 'contradiction',
        rows: [1, 25],
        labels: ['negative', 'positive'],
        score: 1,
        input: rows[0]?.text,
        advice: expect.any(String),
      },
    ])
    expect(found('near-duplicate')).toMatchObject([{ rows: [2, 26] }])
    expect(found('leak')).toMatchObject([{ rows: [3], testRows: [1] }])
    expect(found('label-name')).toMatchObject([{ rows: [27], labels: ['positive', 'Positive'] }])
    expect(found('small-class')).toMatchObject([{ rows: [27] }])
    expect(found('unreadable')).toMatchObject([{ rows: [28] }])
    expect(await readFile(page, 'utf8')).toMatch(/^<!doctype html>[^]*Check of odd\.csv/)
    const [header, ...lines] = (await readFile(fix, 'utf8')).trim().split('\n')
    expect(header).toBe('row,kind,labels,score,input,advice')
    expect(lines.some((line) => line.startsWith('1,contradiction,negative | positive,1,'))).toBe(true)
  })

  it('says a column that gives the label away, and in words how much there is to look at', async () => {
    const rows = reviews(8).map(({ label, text }, row) =>
      JSON.stringify({ label, text, stars: label === 'positive' ? 5 : 1, id: row }),
    )
    const data = await scene.write('stars.jsonl', rows.join('\n'))
    const { code, stdout } = await scene.run(['check', data, ...tiny])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^16 examples of 2 classes: \d+ to look at\.$/m)
    expect(stdout).toContain('"stars" says the label of 100 % of the examples')
    expect(stdout).not.toContain('"id" says')
  })

  it('does not take the column of the labels for one that gives them away, with white space in it', async () => {
    const rows = Array.from({ length: 20 }, (_, n) =>
      n % 2 ? `good ;It is fine, number ${n}` : ` bad;It broke on day ${n}`,
    )
    const sheet = await scene.write('sheet.csv', ['Label ;Text;;', ...rows.map((row) => `${row};;`)].join('\r\n'))
    const { stdout } = await scene.run(['check', sheet, '--task', 'text', '--json'])
    const { issues } = JSON.parse(stdout) as { issues: { kind: string }[] }
    expect(issues.map(({ kind }) => kind)).not.toContain('giveaway')
  })

  it('finds pictures that cannot be read, are nearly the same in another format, or told apart by their format', async () => {
    const folder = scene.path('pictures')
    const circles = await writePictures(join(folder, 'circle'), 'circle', 12)
    for (const [place, path] of (await writePictures(scene.path('stripes'), 'stripes', 12)).entries()) {
      await mkdir(join(folder, 'stripes'), { recursive: true })
      await sharp(path)
        .png()
        .toFile(join(folder, 'stripes', `${place}.png`))
    }
    await sharp(circles[0])
      .resize(120)
      .jpeg({ quality: 60 })
      .toFile(join(folder, 'circle', 'small.jpg'))
    await writeFile(join(folder, 'circle', 'cut.jpg'), (await readFile(circles[1] ?? '')).subarray(0, 900))
    const page = scene.path('pictures.html')
    const { code, stdout } = await scene.run(['check', folder, '--task', 'image', '--json', '--html', page])
    expect(code).toBe(0)
    const { issues, examples } = JSON.parse(stdout) as {
      examples: number
      issues: { kind: string; input?: string; rows: number[]; labels: string[] }[]
    }
    expect(examples).toBe(26)
    const of = (kind: string): typeof issues => issues.filter((issue) => issue.kind === kind)
    expect(of('unreadable').map(({ input }) => input)).toEqual([join(folder, 'circle', 'cut.jpg')])
    expect(of('near-duplicate')).toMatchObject([{ rows: [1, 14], labels: ['circle'] }])
    expect(of('giveaway').map(({ labels }) => labels)).toEqual([['format of the file']])
    expect(await readFile(page, 'utf8')).toMatch(/<img class="small" src="data:image\/jpeg;base64,/)
  })

  it('of a shop says what is odd about its items, users and times', async () => {
    const shop = await scene.folder('shop', {
      'items.csv': 'item,title\na,Tea\nb,Tea\nc,\nd,Cup\n',
      'interactions.csv': 'user,item,timestamp\nu,a,2020-01-01\nv,a,2999-01-01\nw,b,2020-01-02\n',
    })
    const fix = scene.path('shop.csv')
    const { code, stdout } = await scene.run(['check', shop, '--task', 'recommend', '--json', '--fix', fix])
    expect(code).toBe(0)
    const { task, kind, items, users, events, issues } = JSON.parse(stdout)
    expect({ task, kind, items, users, events }).toEqual({
      task: 'recommend',
      kind: 'shop',
      items: 4,
      users: 3,
      events: 3,
    })
    expect(issues.map((issue: { kind: string; rows: number[] }) => [issue.kind, issue.rows])).toEqual([
      ['future-time', []],
      ['few-repeat-users', []],
      ['same-title', [1, 2]],
      ['no-text', [3]],
      ['never-taken', [3, 4]],
    ])
    expect(await readFile(fix, 'utf8')).toContain('never-taken,d,')
  })

  it('refuses tasks of whose data nothing is known beforehand, and another ending of a table', async () => {
    const data = await scene.write('two.csv', csv(reviews(2)))
    const pairs = await scene.run(['check', data, '--task', 'translate'])
    expect(pairs).toMatchObject({ code: 2, stderr: expect.stringMatching(/expected a task whose data are checked/) })
    const fix = await scene.run(['check', data, ...tiny, '--fix', 'a.txt'])
    expect(fix).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/option --fix: expected a file ending in \.csv/),
    })
  })
})
