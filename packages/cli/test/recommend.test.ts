import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScene, modelHashes, type Scene } from './scene.js'
import { ids, interactions, items, rows, table } from './shop.js'

let scene: Scene
let shop: string
let model: string
/** The method that validation picks. */
let chosen: string
beforeAll(async () => {
  scene = await openScene()
  shop = await scene.folder('shop', { 'items.csv': items, 'interactions.csv': interactions })
  model = scene.path('model')
  const { code, stderr } = await scene.run(['train', shop, '--task', 'recommend', '--out', model])
  chosen = /the choice of (\S+) may be chance/.exec(stderr)?.[1] ?? ''
  // How far it is, is said where it takes long.
  expect(stderr.replaceAll(/^comparison \d\/8\n/gm, '')).toBe(
    `note: ${shop}/interactions.csv: timestamps in seconds.\nnote: 40 users to choose by: the choice of ${chosen} may be chance.\n`,
  )
  expect(code).toBe(0)
})
afterAll(() => scene.remove())

const methods = ['popularity', 'item-knn', 'ease', 'ease-text', 'als', 'scratch', 'frozen', 'fine-tuned']
const share = expect.any(Number) as number
const pair = [expect.any(Number), expect.any(Number)]

interface Listed {
  readonly history: string[]
  readonly unknown: string[]
  readonly recommendations: { readonly item: string; readonly because?: { readonly item: string }[] }[]
}

async function recommend(...args: string[]): Promise<Listed> {
  const { code, stdout } = await scene.run(['recommend', model, '--json', ...args])
  expect(code).toBe(0)
  return JSON.parse(stdout) as Listed
}

describe('headstart extend', () => {
  it('has a shop know what users did in the last hour and what came, as JSON, in a folder of its own', async () => {
    const kept = scene.path('kept')
    const methods = ['--methods', 'popularity,item-knn', '--keep']
    expect((await scene.run(['train', shop, '--task', 'recommend', '--out', kept, ...methods])).code).toBe(0)
    const last = await scene.folder('last-hour', {
      'interactions.csv': table(
        ['user', 'item', 'timestamp'],
        ['u1', 'u2', 'u3', 'new'].flatMap((user) => [
          [user, 'i3', 1_600_001_000],
          [user, 'a new lamp', 1_600_001_001],
        ]),
      ),
      'items.csv': table(['item', 'title'], [['a new lamp', 'lamp 99']]),
    })
    const next = scene.path('next')
    const { code, stdout, stderr } = await scene.run(['extend', kept, last, '--out', next, '--json'])
    expect(stderr).not.toContain('expected')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      task: 'recommend',
      model: next,
      users: 41,
      items: 21,
      since: { updates: 1, interactions: 8, items: 1, waiting: [] },
      seconds: expect.any(Number) as number,
    })
    const asked = await scene.run(['recommend', next, '--history', 'i3', '--json'])
    const { recommendations } = JSON.parse(asked.stdout) as Listed
    expect(recommendations.map(({ item }) => item)).toContain('a new lamp')
    expect((await scene.run(['update', kept, last, '--out', next])).stdout).toContain('in 1 update.')
  })

  it('says what it takes where a model does not keep what users did', async () => {
    const { code, stderr } = await scene.run(['extend', model, shop])
    expect(stderr).toContain('expected one that keeps what users did, got one that does not. Train it with --keep')
    expect(code).toBe(2)
  })
})

describe('headstart train --task recommend', () => {
  it('prints the documented fields', async () => {
    const { code, stdout } = await scene.run([
      'train',
      shop,
      '--task',
      'recommend',
      '--out',
      scene.path('json'),
      '--json',
    ])
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as { method: string; validation: object[] }
    expect(result).toMatchObject({
      task: 'recommend',
      model: scene.path('json'),
      method: chosen,
      settings: expect.any(Object) as object,
      users: 40,
      items: 20,
      interactions: 240,
      seed: 0,
      repeats: false,
      seconds: expect.any(Number) as number,
    })
    const tried = methods.map((method) => ({ method, settings: expect.any(Object) as object, 'ndcg@10': share }))
    expect(result.validation).toEqual(tried)
    // The same data, the same bytes.
    expect(await modelHashes(scene.path('json'))).toEqual(await modelHashes(model))
  })

  it('finds columns by the names it is given', async () => {
    const other = await scene.folder('named', {
      'items.csv': items,
      'interactions.csv': table(['who', 'item', 'timestamp'], rows),
    })
    const args = ['train', other, '--task', 'recommend', '--out', scene.path('named-model')]
    expect(await scene.run([...args, '--column', 'user=who'])).toMatchObject({ code: 0 })
    const { code, stderr } = await scene.run(args)
    expect(stderr).toMatch(
      /expected a column "user", got the columns "who", "item", "timestamp"\. Rename .* --column user=NAME\./,
    )
    expect(code).toBe(2)
  })
})

describe('headstart evaluate of a recommender', () => {
  it('prints the documented fields, of other data too', async () => {
    const later = await scene.folder('later', {
      'interactions.csv': table(
        ['user', 'item', 'timestamp'],
        [
          ['x', '007', 1],
          ['x', 'a,b', 2],
          ['y', 'i0', 1],
          ['y', 'i2', 2],
        ],
      ),
    })
    for (const [data, users] of [
      [shop, 40],
      [later, 2],
    ] as const) {
      const { code, stdout } = await scene.run(['evaluate', model, data, '--task', 'recommend', '--json'])
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toEqual({
        task: 'recommend',
        method: chosen,
        users,
        'hr@10': share,
        'recall@10': share,
        'ndcg@10': share,
        mrr: share,
        'coverage@10': share,
        popularityBias: share,
        novelty: share,
        diversity: share,
        gini: share,
        'coldNdcg@10': null,
        intervals: { 'hr@10': pair, 'ndcg@10': pair, mrr: pair },
      })
    }
  })

  it('prints a report for people, without being told the task', async () => {
    const { stdout, stderr } = await scene.run(['evaluate', model, shop])
    expect(stdout).toMatch(/^40 users +\S+ +95 % interval\n(.*\n)*NDCG@10 +[01]\.\d{4} +[01]\.\d{4} to [01]\.\d{4}/)
    expect(stderr).toContain('it is fitted again without the last one of each user')
  })
})

describe('headstart compare --task recommend', () => {
  it('prints the documented fields', async () => {
    const { code, stdout } = await scene.run(['compare', shop, '--task', 'recommend', '--json'])
    expect(code).toBe(0)
    const compared = [...methods.slice(0, -1), 'untrained', ...methods.slice(-1)]
    const rowsOf = compared.map((method) => ({
      method,
      'hr@10': share,
      'ndcg@10': share,
      'coverage@10': share,
      'coldNdcg@10': null,
      seconds: expect.any(Number) as number,
    }))
    expect(JSON.parse(stdout)).toEqual({
      task: 'recommend',
      rows: rowsOf,
      chosen,
      verdict: expect.stringMatching(
        /^Use \S+ here, which validation picks: NDCG@10 1\.0000, \+0\.\d{4} \(± 0\.\d{4}\) beside popularity\. Transfer .*: frozen .* beside ease-text .*\. Pre-training .*: frozen .* beside untrained .*\. Fine-tuning .*: fine-tuned .* beside frozen .*\.$/,
      ) as string,
    })
  })

  it('prints the table, of some methods', async () => {
    const { stdout } = await scene.run(['compare', shop, '--task', 'recommend', '--methods', 'popularity,ease'])
    expect(stdout).toMatch(/^popularity +0\.\d{3}.*\nease \* +/m)
    expect(stdout).not.toContain('item-knn')
    expect(stdout).toContain('Use ease here')
  })
})

describe('headstart recommend', () => {
  it('recommends what users of like histories took', async () => {
    const { history, unknown, recommendations } = await recommend('--history', 'i1,i3', '--k', '3')
    expect({ history, unknown }).toEqual({ history: ['i1', 'i3'], unknown: [] })
    expect(recommendations).toHaveLength(3)
    // The odd ones of i0, i1, ... are lamps, at even places.
    for (const { item } of recommendations) expect(ids.indexOf(item) % 2).toBe(0)
    expect(recommendations[0]).toEqual({
      item: expect.any(String) as string,
      title: expect.stringMatching(/^lamp/) as string,
      score: expect.any(Number) as number,
    })
  })

  it('says why, in words and as JSON', async () => {
    const { recommendations } = await recommend('--history', 'i1,i3', '--explain')
    for (const reason of recommendations[0]?.because ?? []) {
      expect(reason).toEqual({
        item: expect.stringMatching(/^i[13]$/) as string,
        title: expect.any(String) as string,
        drop: expect.any(Number) as number,
        place: expect.any(Number) as number,
      })
    }
    expect(recommendations[0]?.because?.length).toBeGreaterThan(0)
    const { stdout } = await scene.run(['recommend', model, '--history', 'i1,i3', '--explain', '--k', '2'])
    expect(stdout).toMatch(/^ 1\. lamp \d+ \[.+\]\n {6}because you took lamp \d+ \[i[13]\] \(without it place \d+\)/)
  })

  it('keeps ids: leading zeros, commas and quotes as in CSV, emoji; the flag can be repeated', async () => {
    expect((await recommend('--history', '007,7,"a,b","say ""hi""",🎁, i1')).history).toEqual([
      '007',
      '7',
      'a,b',
      'say "hi"',
      '🎁',
      'i1',
    ])
    expect((await recommend('--history', 'a,b', '--history', 'say "hi"', '--history', '7')).history).toEqual([
      'a,b',
      'say "hi"',
      '7',
    ])
    expect((await recommend('--history', '0007,07,7.0')).unknown).toEqual(['0007', '07', '7.0'])
  })

  it('ignores unknown items, and says so', async () => {
    const { code, stdout, stderr } = await scene.run(['recommend', model, '--history', 'i1,gone', '--json'])
    expect(code).toBe(0)
    expect(stderr).toBe('note: 1 of 2 items of the history are not in the catalog, and left out: "gone".\n')
    expect(JSON.parse(stdout)).toMatchObject({ history: ['i1'], unknown: ['gone'] })
  })

  it('gives popular items to who took nothing', async () => {
    const popular = (await recommend()).recommendations.map(({ item }) => item)
    expect(popular).toHaveLength(10)
    expect((await recommend('--history', '')).recommendations.map(({ item }) => item)).toEqual(popular)
    expect((await recommend('--history', 'gone')).recommendations.map(({ item }) => item)).toEqual(popular)
    expect((await scene.run(['recommend', model])).stdout).toMatch(
      /^Nothing is known of this history: what most users took\./,
    )
  })

  it('filters by category, diversifies, and repeats', async () => {
    const { recommendations } = await recommend('--history', 'i1', '--category', 'kitchen', '--k', '20')
    expect(recommendations.map(({ item }) => ids.indexOf(item) % 2)).toEqual(Array<number>(10).fill(1))
    expect((await recommend('--history', 'i1', '--repeats', '--k', '20')).recommendations).toHaveLength(20)
    expect((await recommend('--history', 'i1', '--diversity', '0.9', '--k', '5')).recommendations).toHaveLength(5)
    const { code, stderr } = await scene.run(['recommend', model, '--category', 'none'])
    expect(code).toBe(2)
    expect(stderr).toContain('option --category: expected one of "light", "kitchen", got "none"')
  })

  it.each(['recommend', 'explain'])(
    '%s says that items are given by flags, to who gives them as words',
    async (command) => {
      const { code, stderr } = await scene.run([command, model, 'i1', 'i2'])
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/expected what is asked as flags, got "i1"\. Try: headstart \w+ \S+ --history/),
      ])
    },
  )

  it('refuses a category that no item has once, before any of the lists for all users', async () => {
    const out = scene.path('lists.csv')
    const { code, stderr } = await scene.run([
      'recommend',
      model,
      '--users',
      shop,
      '--category',
      'kichen',
      '--out',
      out,
    ])
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('option --category: expected one of "kitchen", "light", got "kichen"'),
    ])
    await expect(readFile(out)).rejects.toThrow('ENOENT')
  })

  const requests: [string, string[], RegExp][] = [
    [
      'a quote that is never closed',
      ['--history', '"a,b'],
      /option --history: expected ids separated by commas, as a line of CSV, got "a,b\. Put ids with commas in double quotes/,
    ],
    [
      'a list without a length',
      ['--k', '0'],
      /option '--k <n>' argument '0' is invalid\. Expected a whole number from 1 on/,
    ],
    [
      'a diversity that is none',
      ['--diversity', '2'],
      /option '--diversity <number>' argument '2' is invalid\. Expected a number from 0 to 1/,
    ],
  ]
  it.each(requests)('%s: exits with 2', async (_, args, says) => {
    const { code, stdout, stderr } = await scene.run(['recommend', model, ...args])
    expect(stderr).toMatch(says)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})

describe('a grocery, with --repeats', () => {
  // Everybody buys two things in turn.
  const bought = Array.from({ length: 30 }, (_, user) =>
    Array.from(
      { length: 8 },
      (__, step) => [`u${user}`, ids[(user + (step % 2)) % 20] as string, 1_600_000_000 + 100 * step + user] as const,
    ),
  ).flat()
  const some = ['--methods', 'popularity,item-knn', '--repeats', '--json']

  it('learns that things are taken again, and recommends and measures accordingly', async () => {
    const grocery = await scene.folder('grocery', {
      'items.csv': items,
      'interactions.csv': table(['user', 'item', 'timestamp'], bought),
    })
    const out = scene.path('grocery-model')
    const trained = await scene.run(['train', grocery, '--task', 'recommend', '--out', out, ...some])
    expect(JSON.parse(trained.stdout)).toMatchObject({
      repeats: true,
      interactions: 240,
      settings: { repeats: { weight: expect.any(Number) as number } },
    })
    const listed = async (...args: string[]) => {
      const { stdout } = await scene.run(['recommend', out, '--history', 'i0,i1,i0', '--json', ...args])
      return (JSON.parse(stdout) as Listed).recommendations.map(({ item }) => item)
    }
    expect((await listed('--k', '2')).toSorted()).toEqual(['i0', 'i1'])
    expect(await listed('--no-repeats', '--k', '20')).toHaveLength(18)
    const { rows } = JSON.parse((await scene.run(['compare', grocery, '--task', 'recommend', ...some])).stdout) as {
      rows: { 'hr@10': number }[]
    }
    expect(rows.map((row) => row['hr@10'])).toEqual([1, 1])
    expect((await scene.run(['evaluate', out, grocery])).stdout).toContain(
      'the whole catalog ranked with what the user has.',
    )
  })
})

describe('a recommender folder that does not fit', () => {
  const cases: Record<string, { spoil: (folder: string) => Promise<void>; says: RegExp }> = {
    'a missing folder': {
      spoil: (folder) => rm(folder, { recursive: true }),
      says: /expected a model folder .*, got nothing of that name/,
    },
    'numbers that are cut short': {
      spoil: (folder) => truncate(join(folder, 'numbers.bin'), 100),
      says: /expected numbers\.bin as it was saved .*got other contents/,
    },
    'items that were edited': {
      spoil: (folder) => writeFile(join(folder, 'items.jsonl'), '{"id":"a"}\n'),
      says: /expected items\.jsonl as it was saved/,
    },
    'a manifest that was edited': {
      spoil: async (folder) =>
        writeFile(
          join(folder, 'headstart.json'),
          (await readFile(join(folder, 'headstart.json'), 'utf8')).replace('"seed": 0', '"seed": 1'),
        ),
      says: /expected headstart\.json as it was saved, got other contents/,
    },
    'a model of classes': {
      spoil: async (folder) => writeFile(join(folder, 'headstart.json'), '{"format":"headstart-model"}'),
      says: /expected a model for text, image, chat, translate, recommend, got one of the kind headstart-model/,
    },
  }
  it.each(Object.entries(cases))('%s: says so and exits with 2', async (_, { spoil, says }) => {
    const folder = scene.path('spoilt')
    await rm(folder, { recursive: true, force: true })
    await cp(model, folder, { recursive: true })
    await spoil(folder)
    const { code, stdout, stderr } = await scene.run(['recommend', folder, '--history', 'i1'])
    expect(stderr).toMatch(says)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('a recommender is not measured as another task', async () => {
    const { code, stderr } = await scene.run(['evaluate', model, shop, '--task', 'text'])
    expect(stderr).toMatch(
      /option --task: expected recommend, for which the model was trained, got text\. Leave it out\./,
    )
    expect(code).toBe(2)
  })

  it('a recommender is not asked for classes', async () => {
    const { code, stderr } = await scene.run(['predict', model, 'x'])
    expect(stderr).toMatch(
      /expected a model to predict with, got one of the task recommend\. Try: headstart recommend /,
    )
    expect(code).toBe(2)
  })
})
