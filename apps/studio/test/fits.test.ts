import { expect, it } from 'vitest'
import { likelyWays } from '../src/page/view/dropped.js'
import { emptyFolder, openStudio } from './open-studio.js'

/** What somebody drops into an empty folder, and the tasks that it can begin. */
const drops: readonly [what: string, files: Readonly<Record<string, string>>, tasks: readonly string[]][] = [
  ['texts with labels', { 'reviews.csv': 'text,label\nGood,pos\nBad,neg\n' }, ['text']],
  ['texts beside other columns', { 'r.csv': 'id,review,stars,date,sentiment\n1,Good,5,2020,pos\n' }, ['text']],
  ['lines', { 'lines.txt': 'One line.\nAnother one.\n' }, ['text']],
  ['an export of a tool for labeling', { 'p.jsonl': '{"text":"a","accept":["x"],"answer":"accept"}\n' }, ['text']],
  ['pairs', { 'pairs.tsv': 'source\ttarget\nfile\tDatei\n' }, ['translate']],
  ['a table with a column for each language', { 'ui.csv': 'key,en,de\n1,file,Datei\n2,new,Neu\n' }, ['translate']],
  ['catalogs', { 'locales/en.json': '{"a":"file"}', 'locales/de.json': '{"a":"Datei"}' }, ['translate']],
  ['folders of catalogs', { 'en/x.json': '{"a":"file"}', 'de/x.json': '{"a":"Datei"}' }, ['translate']],
  ['a catalog of gettext', { 'de.po': 'msgid "file"\nmsgstr "Datei"\n' }, ['translate']],
  ['texts with answers', { 'bot.csv': 'text,label,answer\nHello,greeting,Hi!\n' }, ['chat']],
  ['questions and answers', { 'faq.csv': 'question,answer\nWhen?,Now.\n' }, ['chat']],
  ['a file of answers', { 'texts.csv': 'text,label\nHello,a\n', 'answers.csv': 'label,answer\na,Hi!\n' }, ['chat']],
  ['who took what', { 'orders.csv': 'customer,product,date\nann,tea,2020-01-01\n' }, ['recommend']],
  [
    'a shop',
    { 'interactions.csv': 'user,item,timestamp\na,1,1\n', 'items.csv': 'item,title,category,price\n1,Tea,x,2\n' },
    ['recommend'],
  ],
  ['pictures in folders', { 'pets/cat/1.jpg': '', 'pets/dog/2.png': '', 'pets/about.txt': 'Pets.' }, ['image']],
  ['pictures', { '1.jpg': '', '2.webp': '' }, ['image']],
  ['texts whose label is called target', { 'a.csv': 'text,target\nfile,Datei\n' }, ['text', 'translate']],
  ['a catalog alone, and what nobody knows', { 'en.json': '{"a":"file","b":"new"}', 'x.csv': 'a,b\n1,2\n' }, []],
]

it.each(drops)('%s begin a project of the task that reads them best', async (_, files, tasks) => {
  await using folder = await emptyFolder()
  await using opened = await openStudio(folder.path)
  const named = Object.entries(files).map(([name, text]) => ({ name, file: new Blob([text]) }))
  const ways = likelyWays(await opened.client.fits(named))
  expect([...new Set(ways.map(({ task }) => task))].toSorted()).toEqual(tasks)
})

it('what nobody can be meant to read is refused, and no file lands elsewhere', async () => {
  await using folder = await emptyFolder()
  await using opened = await openStudio(folder.path)
  await expect(opened.client.fits([])).rejects.toThrow('expected files (multipart/form-data)')
  const fits = await opened.client.fits([{ name: '../../../up.csv', file: new Blob(['text,label\na,b\n']) }])
  expect(fits[0]).toEqual({ task: 'text', fit: 1, kinds: ['classification'] })
})

it('catalogs of two languages are brought together, from English', async () => {
  await using folder = await emptyFolder()
  await using opened = await openStudio(folder.path)
  const { client } = opened
  await client.create({ task: 'translate' })
  const catalogs = { 'i18n/de.json': '{"a":"Datei","b":"Neu"}', 'i18n/en.json': '{"a":"file","b":"new"}' }
  const named = Object.entries(catalogs).map(([name, text]) => ({ name, file: new Blob([text]) }))
  expect(await client.addFiles(named)).toMatchObject({ added: 2, refused: [] })
  const { examples } = await client.examples()
  expect(examples.map(({ label, shown }) => [shown, label])).toEqual([
    [{ type: 'text', text: 'file' }, 'Datei'],
    [{ type: 'text', text: 'new' }, 'Neu'],
  ])
  expect(await client.addFiles(named.slice(0, 1))).toMatchObject({
    added: 0,
    refused: [{ name: 'i18n/de.json', message: expect.stringContaining('expected catalogs of two languages or more') }],
  })
})
