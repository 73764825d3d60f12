import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScene, type Scene } from './scene.js'
import { interactions, items, rows, table } from './shop.js'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.remove())

const header = ['user', 'item', 'timestamp']
const byItem = rows.toSorted(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0))

/** Odd data from which there is something to learn: what is said, and how many users and interactions remain. */
const odd: Record<string, { files: Record<string, string>; says: RegExp; users?: number; interactions?: number }> = {
  'duplicate rows': {
    files: { 'items.csv': items, 'interactions.csv': table(header, [...rows, ...rows]) },
    says: /240 interactions repeat what the user took before, and do not count\. With repeats \(--repeats\) they do/,
    interactions: 240,
  },
  'timestamps in seconds, milliseconds and ISO 8601': {
    files: {
      'items.csv': items,
      'interactions.csv': table(
        header,
        rows.map(([user, item, time], row) => [
          user,
          item,
          row % 3 === 0 ? time : row % 3 === 1 ? time * 1000 : new Date(time * 1000).toISOString(),
        ]),
      ),
    },
    says: /timestamps in several writings, brought into one: seconds \(80\), milliseconds \(80\), ISO 8601 \(80\)/,
    interactions: 240,
  },
  'negative quantities': {
    files: {
      'items.csv': items,
      'interactions.csv': table(
        [...header, 'quantity'],
        rows.map((row, place) => [...row, place % 6 === 0 ? -1 : 2]),
      ),
    },
    says: /40 rows with a negative quantity are returns, and count for nothing/,
    interactions: 200,
  },
  'items without a title': {
    files: {
      'items.csv': table(
        ['item', 'title'],
        [
          ['007', ''],
          ['7', 'lamp'],
        ],
      ),
      'interactions.csv': interactions,
    },
    says: /1 of 2 items have no title/,
    interactions: 240,
  },
  'items that the table of items does not hold': {
    files: { 'items.csv': table(['item', 'title'], [['007', 'x']]), 'interactions.csv': interactions },
    says: /19 items of the interactions are not in it, and without texts/,
    interactions: 240,
  },
  'no table of items': {
    files: { 'interactions.csv': interactions },
    says: /no table of items, so that nothing is known of them but their ids/,
    interactions: 240,
  },
  'one user': {
    files: { 'interactions.csv': table(header, rows.slice(0, 6)) },
    says: /1 user to choose by: the choice of [\w-]+ may be chance/,
    users: 1,
  },
  'one user of one item': {
    files: { 'interactions.csv': table(header, rows.slice(0, 1)) },
    says: /Nobody took 3 items or more, so that there is nothing to choose by: it is ease-text/,
    users: 1,
    interactions: 1,
  },
  'one item': {
    files: {
      'interactions.csv': table(header, [
        ['u', 'a', 1],
        ['v', 'a', 2],
      ]),
    },
    says: /nothing to choose by/,
    users: 2,
    interactions: 2,
  },
  'a catalog of three': {
    files: {
      'interactions.csv': table(
        header,
        ['u', 'v', 'w'].flatMap((user) => ['a', 'b', 'c'].map((item, time) => [user, item, time])),
      ),
    },
    says: /may be chance/,
    users: 3,
    interactions: 9,
  },
  'no timestamps': {
    files: {
      'items.csv': items,
      'interactions.csv': table(
        header.slice(0, 2),
        rows.map(([user, item]) => [user, item]),
      ),
    },
    says: /no timestamps: the order of the file is taken/,
    interactions: 240,
  },
  'no timestamps, sorted by item': {
    files: {
      'items.csv': items,
      'interactions.csv': table(
        header.slice(0, 2),
        byItem.map(([user, item]) => [user, item]),
      ),
    },
    says: /sorted by item, so that its order says nothing/,
    interactions: 240,
  },
  'timestamps, sorted by item': {
    files: { 'items.csv': items, 'interactions.csv': table(header, byItem) },
    says: /timestamps in seconds/,
    interactions: 240,
  },
}

describe('headstart train --task recommend with odd data', () => {
  it.each(Object.entries(odd))('%s: says what it makes of it', async (name, { files, says, ...expected }) => {
    const shop = await scene.folder(name.replaceAll(/\W/g, '-'), files)
    const out = scene.path('model')
    const { code, stdout, stderr } = await scene.run([
      'train',
      shop,
      '--task',
      'recommend',
      '--out',
      out,
      '--methods',
      'popularity,item-knn,ease-text',
      '--json',
    ])
    expect(stderr).toMatch(says)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject(expected)
    // Where there is hardly anything to learn, there is still a list.
    if (expected.users)
      expect(await scene.run(['recommend', out, '--history', 'a', '--json'])).toMatchObject({ code: 0 })
  })
})

/** Data from which there is nothing to learn: who, what was expected, what came, what to do. */
const wrong: Record<string, { files?: Record<string, string>; args?: string[]; says: RegExp }> = {
  'a folder that does not exist': {
    says: /nowhere: expected a file or folder, got nothing of that name .*Check the path/,
  },
  'an empty folder': {
    files: {},
    says: /expected a file interactions \(\.csv, \.tsv, \.jsonl, \.parquet\), got an empty folder\. Add it/,
  },
  'a header alone': {
    files: { 'interactions.csv': 'user,item\n' },
    says: /interactions\.csv: expected rows with user and item, got none/,
  },
  'no column of users': {
    files: { 'interactions.csv': 'item,timestamp\na,1\n' },
    says: /expected a column "user", got the columns "item", "timestamp"/,
  },
  'times mixed with running numbers': {
    files: {
      'interactions.csv': table(header, [
        ['u', 'a', 1_600_000_000],
        ['u', 'b', 5],
      ]),
    },
    says: /expected timestamps of one kind, got seconds \(1\), running numbers \(1\)/,
  },
  'returns alone': {
    files: { 'interactions.csv': table([...header, 'quantity'], [['u', 'a', 1, -1]]) },
    says: /expected interactions that count as liked or bought, got none/,
  },
  'a flag for labeled examples': {
    files: { 'interactions.csv': interactions },
    args: ['--backbone', 'x'],
    says: /unknown option '--backbone'/,
  },
  'a method that is none': {
    files: { 'interactions.csv': interactions },
    args: ['--methods', 'ease,magic'],
    says: /option '--methods <list>' argument 'ease,magic' is invalid\. Expected one of "popularity", "item-knn", .*"fine-tuned"/,
  },
  'a column of a role that is none': {
    files: { 'interactions.csv': interactions },
    args: ['--column', 'color=red'],
    says: /Expected one of user, item, timestamp/,
  },
}

describe('headstart train --task recommend with wrong data', () => {
  it.each(Object.entries(wrong))(
    '%s: says what is wrong, exits with 2 and writes nothing',
    async (name, { files, args = [], says }) => {
      const shop = files ? await scene.folder(name.replaceAll(' ', '-'), files) : scene.path('nowhere')
      const before = await scene.names()
      const { code, stdout, stderr } = await scene.run([
        'train',
        shop,
        '--task',
        'recommend',
        '--out',
        scene.path('none'),
        ...args,
      ])
      expect(stderr).toMatch(says)
      expect(stderr).not.toMatch(/^ {4}at /m)
      expect(stdout).toBe('')
      expect(code).toBe(2)
      expect(await scene.names()).toEqual(before)
    },
  )

  it('compare needs users who took enough', async () => {
    const shop = await scene.folder('short', {
      'interactions.csv': table(header, [
        ['u', 'a', 1],
        ['u', 'b', 2],
      ]),
    })
    const { code, stderr } = await scene.run(['compare', shop, '--task', 'recommend'])
    expect(stderr).toMatch(/expected users who took at least 3 items, got none/)
    expect(code).toBe(2)
  })
})
