import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv, reviews } from './reviews.js'
import { openScene, type Scene } from './scene.js'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.remove())

const few = reviews(6)
const contradicting = [
  ...few,
  ...few.map(({ label, text }) => ({ label: label === 'positive' ? 'negative' : 'positive', text })),
]

/** What is wrong with DATA, its contents, and what is said: who, what was expected, what came, what to do. */
const cases: Record<string, { name?: string; data?: string | Uint8Array; args?: string[]; says: RegExp }> = {
  'a missing file': { says: /missing\.csv: expected a file or folder, got nothing of that name .*Check the path/ },
  'a folder': {
    name: '.',
    says: /: expected a file, got a folder\. Give the path of a file in it/,
  },
  'an empty file': {
    data: '',
    says: /data\.csv: expected a header and rows, got an empty file\. Add labeled examples/,
  },
  'a header alone': { data: 'label,text\n', says: /expected rows with label and text, got a header and no rows/ },
  'an ending that is not known': {
    name: 'data.xlsx',
    data: 'x',
    says: /expected a table as text, got a spreadsheet \(\.xlsx\)\. Save it as CSV/,
  },
  'one class only': {
    data: csv(few.filter(({ label }) => label === 'positive')),
    says: /data set "data\.csv": expected examples of at least two classes, got 6 examples, all labeled "positive"\. Add/,
  },
  'fewer examples than folds': {
    data: csv([
      ...few.filter(({ label }) => label === 'positive'),
      { label: 'mixed', text: 'Good food, bad service.' },
    ]),
    says: /expected at least 2 examples of class "mixed".* got 1\. Add examples/,
  },
  'a missing column': {
    data: 'label,words\na,b\n',
    says: /expected a column "text", got the columns "label", "words"\. Rename the column of the text, or name it with --text-column\. If the first row is no header, say so \(--no-header\)/,
  },
  'a column that was named and is not there': {
    data: csv(few),
    args: ['--label-column', 'stars'],
    says: /expected a column "stars", got the columns "label", "text"\. Check the name/,
  },
  'an unbalanced quote': {
    data: 'label,text\na,fine\nb,"never closed\na,fine\n',
    says: /data\.csv:3: expected a closing quote, got the end of the file\. Close the quote in the row that begins on this line/,
  },
  'invalid UTF-8': {
    data: Buffer.concat([Buffer.from('label,text\na,caf'), Buffer.of(0xe9), Buffer.from('\n')]),
    says: /data\.csv:2: expected UTF-8 text, got the byte 0xe9 at position 16\. Save the file as UTF-8/,
  },
  'a line of 50 MB': {
    data: `label,text\na,${'x'.repeat(50_000_000)}\n`,
    says: /data\.csv:2: expected a row of at most 1048576 characters, got a longer one\. Look for a quote that is never closed/,
  },
  'a JSON line of 50 MB': {
    name: 'data.jsonl',
    data: `{"label":"a","text":"${'x'.repeat(50_000_000)}"}`,
    says: /data\.jsonl:1: expected a line of at most 1048576 characters, got a longer one/,
  },
  'labels that differ only by spaces inside': {
    data: csv([...few, { label: 'very good', text: 'Lovely.' }, { label: 'very  good', text: 'Sweet.' }]),
    says: /expected one spelling of each class, got "very good" at example 13 and "very  good" at example 14\. .*spell the class in one way/,
  },
  'duplicates with contradicting labels': {
    data: csv(contradicting),
    says: /expected one label for the same content, got 24 of 24 examples .*\. Correct their labels/,
  },
  'a row with a cell too many': {
    data: 'label,text\na,b,c\n',
    says: /data\.csv:2: expected 2 cells, as in the header, got 3/,
  },
  'a line that is no JSON': {
    name: 'data.jsonl',
    data: '{"label": "a"\n',
    says: /data\.jsonl:1: expected a JSON object, got/,
  },
}

describe('headstart train with wrong data', () => {
  it.each(Object.entries(cases))(
    '%s: says what is wrong, exits with 2 and writes nothing',
    async (_, { name, data, args, says }) => {
      const path = data === undefined ? scene.path(name ?? 'missing.csv') : await scene.write(name ?? 'data.csv', data)
      const before = await scene.names()
      const { code, stdout, stderr } = await scene.run([
        'train',
        path,
        '--task',
        'text',
        '--out',
        scene.path('model'),
        ...(args ?? []),
      ])
      expect(stderr).toMatch(says)
      // One message in plain words, not a stack trace.
      expect(stderr).not.toMatch(/^ {4}at /m)
      expect(stdout).toBe('')
      expect(code).toBe(2)
      expect(await scene.names()).toEqual(before)
    },
  )
})

describe('headstart with a wrong request', () => {
  beforeAll(async () => {
    await scene.write('few.csv', csv(few))
    await scene.run(['train', '--task', 'text', '--labels', 'good,bad', '--out', scene.path('words')])
  })
  const requests: [what: string, args: string[], says: RegExp][] = [
    ['no command', [], /Usage: headstart/],
    ['an unknown command', ['tune'], /unknown command 'tune'/],
    [
      'no task',
      ['train', 'x.csv'],
      /required option '--task <task>' not specified: one of text, image, chat, translate, recommend/,
    ],
    ['an unknown task', ['train', 'x.csv', '--task', 'sound'], /'sound' is invalid\. Allowed choices are text/],
    [
      'an unknown backbone',
      ['train', 'few.csv', '--task', 'text', '--backbone', 'bert'],
      /option --backbone: expected .*one of: universal-sentence-encoder-lite, got bert/,
    ],
    ['a seed that is none', ['train', 'x.csv', '--task', 'text', '--seed', 'x'], /Expected a whole number/],
    [
      'a method that is none',
      ['compare', 'x.csv', '--task', 'text', '--methods', 'frozen,magic'],
      /'--methods <list>' .*Expected one of "zero-shot", "no-transfer", "untrained", "scratch", "frozen", "fine-tuned"/,
    ],
    ['shots that are none', ['compare', 'x.csv', '--task', 'text', '--shots', '8,many'], /Expected a whole number/],
    [
      'a table that is not there',
      ['predict', 'words', 'mesages.csv'],
      /mesages\.csv: expected texts or one table, got nothing of that name/,
    ],
    [
      'several tables',
      ['predict', 'words', 'few.csv', 'few.csv'],
      /few\.csv: expected texts or one table, got it among 2 inputs/,
    ],
    [
      'a spreadsheet of inputs',
      ['predict', 'words', 'mails.xlsx'],
      /mails\.xlsx: expected texts or one table, got nothing of that name\. Save it as CSV/,
    ],
    [
      'a table to be explained',
      ['explain', 'words', 'few.csv'],
      /few\.csv: expected inputs, each by itself, got the name of a file/,
    ],
    [
      'a part of a command without what it needs',
      ['backbones', 'add'],
      /missing required argument 'id'\n\(headstart --help/,
    ],
    ['nothing to predict', ['predict', 'words'], /expected inputs, or - to read them from stdin, got none/],
  ]
  it.each(requests)('%s: exits with 2', async (_, args, says) => {
    const there = new Set(['few.csv', 'words'])
    const { code, stdout, stderr } = await scene.run(args.map((word) => (there.has(word) ? scene.path(word) : word)))
    expect(stderr).toMatch(says)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('a strength of regularization below 0, shots below 2, more shots than there are examples', async () => {
    const data = scene.path('few.csv')
    const wrong: [string[], RegExp][] = [
      [
        ['train', data, '--task', 'text', '--l2', '-1'],
        /'--l2 <number>' argument '-1' is invalid. Expected a number above 0/,
      ],
      [
        ['compare', data, '--task', 'text', '--shots', '1'],
        /'--shots <list>' argument '1' is invalid. Expected a whole number from 2 on/,
      ],
      [
        ['compare', data, '--task', 'text', '--shots', '64'],
        /expected at least 64 examples of each class to draw from, got 4/,
      ],
    ]
    for (const [args, says] of wrong) {
      const { code, stderr } = await scene.run(args)
      expect(stderr).toMatch(says)
      expect(code).toBe(2)
    }
  })
})
