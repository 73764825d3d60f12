import { mkdir, rm, symlink } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Dataset, fineTune, type TrainEvent } from '@headstart/core'
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { hugePng, noise, writeFiles } from '../../test/pictures.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { tinyImageBackbone } from '../../test/tiny-image-backbone.js'
import { readImageDataset, type ReadImageDatasetOptions } from './read-image-dataset.js'

let folder = ''
let notices: string[] = []
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'pets')
  notices = []
  await mkdir(folder)
})
const read = (options: ReadImageDatasetOptions<'classification'> = {}, path = folder) =>
  readImageDataset(path, { onNotice: (message) => notices.push(message), ...options })
/** Paths from the folder on, whatever the system's separator, with labels. */
const listed = ({ examples }: Dataset<string>): string[] =>
  examples.map(({ input, label }) => `${relative(folder, input).replaceAll('\\', '/')} = ${label}`)
/** What a HEIC begins with; there is no encoder here. */
const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')
const dark = noise(1, { brightness: 0.2 })
const bright = noise(2, { brightness: 0.8 })

describe('readImageDataset of a folder', () => {
  it('takes the folders in it for classes, in an order of its own', async () => {
    await writeFiles(folder, {
      'dog/2.png': dark,
      'dog/10.jpg': bright,
      'cat/B.PNG': await dark.png().toBuffer(),
      'cat/a.webp': bright,
    })
    const data = await read()
    expect(listed(data)).toEqual(['cat/B.PNG = cat', 'cat/a.webp = cat', 'dog/10.jpg = dog', 'dog/2.png = dog'])
    expect(data).toMatchObject({ name: 'pets', kind: 'classification', labels: ['cat', 'dog'] })
    expect(notices).toEqual([])
    expectTypeOf(data).toEqualTypeOf<Dataset<string, string>>()
  })

  it('takes folders within folders for the class of the outermost', async () => {
    await writeFiles(folder, { 'cat/black/old/1.png': dark, 'cat/2.png': dark, 'dog/young/black/3.png': dark })
    expect(listed(await read())).toEqual([
      'cat/2.png = cat',
      'cat/black/old/1.png = cat',
      'dog/young/black/3.png = dog',
    ])
  })

  it('takes names with spaces, quotes and other letters', async () => {
    await writeFiles(folder, { 'große Katze/my "best" cat.png': dark, "dog's 🐶/it's [1].png": bright })
    const data = await read()
    expect(listed(data)).toEqual(["dog's 🐶/it's [1].png = dog's 🐶", 'große Katze/my "best" cat.png = große Katze'])
    expect((await tinyImageBackbone().embed(data.inputs)).rows).toBe(2)
  })

  it('says what it leaves out', async () => {
    await writeFiles(folder, {
      'cat/1.png': dark,
      'cat/notes.txt': 'x',
      'cat/photo.BMP': 'x',
      'cat/raw.txt': 'x',
      'cat/.1.png.swp': 'x',
      'dog/2.png': dark,
      'bird/README': 'x',
      '.cache/3.png': dark,
      '4.png': dark,
      'labels.csv': 'x',
    })
    expect(listed(await read())).toEqual(['cat/1.png = cat', 'dog/2.png = dog'])
    expect(notices).toEqual([
      `${folder}: 1 picture in no folder of a class, such as 4.png: without a label, left out.`,
      `${folder}: no picture in "bird": left out as a class.`,
      `${folder}: 5 files ignored that are no picture by the ending: 1 without an ending, 2 .txt, 1 .bmp, 1 .csv.`,
      `${folder}: 2 hidden files and folders ignored.`,
    ])
  })

  it('leaves out pictures that cannot be read, and says which and why', async () => {
    await writeFiles(folder, {
      'cat/1.png': dark,
      'dog/2.png': bright,
      'cat/text.jpg': 'meow',
      'cat/empty.jpg': '',
      'dog/huge.png': hugePng(30_000, 30_000),
      'dog/a.gif': 'x',
      'dog/b.gif': 'x',
      'dog/c.gif': 'x',
    })
    await mkdir(join(folder, 'dog/folder.jpg'))
    await symlink('nowhere.png', join(folder, 'dog/link.png'))
    expect(listed(await read())).toEqual(['cat/1.png = cat', 'dog/2.png = dog'])
    expect(notices).toHaveLength(1)
    const lines = (notices[0] as string).split('\n')
    expect(lines[0]).toBe(`${folder}: 7 of 9 inputs cannot be read and are left out:`)
    expect(lines[1]).toContain(`${join('cat', 'empty.jpg')}: expected a picture, got an empty file.`)
    expect(lines[2]).toContain(`${join('cat', 'text.jpg')}: expected a picture (JPEG, PNG`)
    expect(lines.at(-1)).toBe('  and 2 more')
    expect(lines).toHaveLength(7)
    await expect(read({ pixelLimit: 10 })).rejects.toThrow(
      /expected pictures that can be read, got none of 9; the first: .*1\.png: .*, or raise pixelLimit\. Check the files\./,
    )
  })

  it('follows links, but not in a circle', async () => {
    const elsewhere = await temporaryFolder()
    await writeFiles(elsewhere, { '2.png': dark, 'deep/3.png': dark })
    await writeFiles(folder, { 'cat/1.png': bright })
    await symlink(elsewhere, join(folder, 'dog'))
    await symlink('1.png', join(folder, 'cat/again.png'))
    await symlink(folder, join(folder, 'cat/round'))
    await symlink('..', join(elsewhere, 'deep/.up'))
    await symlink('../deep', join(elsewhere, 'deep/down'))
    expect(listed(await read())).toEqual([
      'cat/1.png = cat',
      'cat/again.png = cat',
      'dog/2.png = dog',
      'dog/deep/3.png = dog',
    ])
    expect(notices).toEqual([
      `${folder}: 1 hidden file or folder ignored.`,
      expect.stringContaining(`passed over: ${join(folder, 'cat/round')}: a link back to`),
      expect.stringContaining(`passed over: ${join(folder, 'dog/deep/down')}: a link back to`),
    ])
  })

  it.each<[string, Parameters<typeof writeFiles>[1], RegExp]>([
    ['an empty one', {}, /pets: expected a folder for each class with pictures in it, got no picture\. Check the path/],
    ['one with other files', { 'cat/a.txt': 'x', 'b.csv': 'x' }, /got no picture, but 1 \.csv, 1 \.txt\./],
    [
      'one of HEIC alone',
      { 'cat/1.heic': heic, 'dog/2.heic': heic },
      /got none of 2; the first: .*1\.heic: expected JPEG, .* got HEIC\. Convert the picture/,
    ],
    [
      'one with pictures and no classes',
      { 'a.png': dark, 'b.png': dark },
      /got 2 pictures and no folder with any\. Sort them into a folder for each class/,
    ],
  ])('refuses %s', async (_, files, message) => {
    await writeFiles(folder, files)
    await expect(read()).rejects.toThrow(message)
    await expect(read()).rejects.toMatchObject({ name: 'DataError', fault: 'input' })
  })

  it('refuses what is not there, and tasks that folders cannot express', async () => {
    await expect(read({}, join(folder, 'none'))).rejects.toThrow(
      /none: expected a file or folder, got nothing of that name/,
    )
    const message =
      /pets: expected a table \(CSV, TSV or JSONL\) with the columns path and label for the task regression, got a folder/
    await expect(readImageDataset(folder, { kind: 'regression' })).rejects.toThrow(message)
  })

  it('stops when the signal aborts', async () => {
    await writeFiles(folder, { 'cat/1.png': dark })
    await expect(read({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })
})

describe('readImageDataset of a folder with folders train and test', () => {
  const split = async (...parts: readonly string[]): Promise<void> => {
    for (const part of parts) {
      for (const [label, picture] of [
        ['cat', dark],
        ['dog', bright],
      ] as const) {
        await writeFiles(folder, { [`${part}/${label}/${basename(part)}.png`]: picture })
      }
    }
  }

  it('learns from train, measures on test, leaves the validation part aside, and says so', async () => {
    await split('train', 'val', 'test')
    const data = await read()
    expect(listed(data)).toEqual(['train/cat/train.png = cat', 'train/dog/train.png = dog'])
    expect(listed(data.test as typeof data)).toEqual(['test/cat/test.png = cat', 'test/dog/test.png = dog'])
    expect(notices).toEqual([
      expect.stringContaining(
        'taken for a split, not for classes: "train" (2 pictures) to learn from, "test" (2) to measure on; left aside: "val".',
      ),
    ])
  })

  it('measures on the validation part where there is no test', async () => {
    await split('Training', 'Validation')
    expect(listed((await read()).test as Dataset<string>)).toHaveLength(2)
  })

  it('finds a part in a folder of its own name, and folders beside the parts', async () => {
    await split('training_set/training_set', 'test_set/test_set')
    await writeFiles(folder, { 'extra/1.png': dark })
    const data = await read()
    expect(data.labels).toEqual(['cat', 'dog'])
    expect(data.test?.size).toBe(2)
    expect(notices[0]).toMatch(/left aside: "extra"/)
  })

  it('takes the part that is asked for, all of them, or the folders for classes', async () => {
    await split('train', 'val', 'test')
    expect(listed(await read({ split: 'validation' }))).toEqual(['val/cat/val.png = cat', 'val/dog/val.png = dog'])
    const all = await read({ split: 'all' })
    expect([all.size, all.test]).toEqual([6, undefined])
    expect((await read({ split: 'none' })).labels).toEqual(['test', 'train', 'val'])
    await rm(join(folder, 'val'), { recursive: true })
    await expect(read({ split: 'validation' })).rejects.toThrow(/option "split": expected train, test, got validation/)
    await expect(read({ split: 'test' }, join(folder, 'train'))).rejects.toThrow(
      /option "split": expected folders train and test .*, got "test", and no such folders/,
    )
  })

  it.each([
    ['trains, tests and cars', { 'train/1.png': dark, 'test/1.png': bright, 'car/1.png': dark }],
    [
      'trains beside other things, in folders',
      { 'train/fast/1.png': dark, 'test/tube/1.png': bright, 'car/red/1.png': dark },
    ],
  ])('takes %s for classes', async (_, files) => {
    await writeFiles(folder, files)
    expect((await read()).labels).toEqual(['car', 'test', 'train'])
  })

  it('hints at the folder below, where all pictures lie in one with several folders', async () => {
    await split('photos')
    expect((await read()).labels).toEqual(['photos'])
    expect(notices).toEqual([
      `${folder}: "photos" is taken for a class. If the folders in it are the classes ("cat", "dog"), give ${join(folder, 'photos')}.`,
    ])
  })

  it('hints at a folder that holds a split, beside others', async () => {
    await split('pets/train', 'pets/test', 'food')
    expect((await read()).labels).toEqual(['food', 'pets'])
    expect(notices).toEqual([
      `${folder}: "pets" is taken for a class. If the folders in it are a split ("test", "train"), give ${join(folder, 'pets')}.`,
    ])
  })

  it('is measured by its test part alone', async () => {
    await split('train', 'test')
    await writeFiles(folder, { 'test/dog/2.png': noise(7, { brightness: 0.8 }) })
    const data = await read()
    const model = await fineTune(tinyImageBackbone(), data, { cache: false, l2: 0.01 })
    expect(model.training.examples).toBe(2)
    expect((await model.evaluate(data, { cache: false })).json['examples']).toBe(3)
  })
})

describe('readImageDataset of a table', () => {
  const table = async (name: string, contents: string): Promise<string> => {
    await writeFiles(folder, { [name]: contents, 'photos/1.png': dark, 'photos/2, blue.png': bright })
    return join(folder, name)
  }

  it.each([
    ['a.csv', 'path,label\nphotos/1.png,cat\n"photos/2, blue.png",dog\n'],
    ['a.tsv', 'label\tpath\ncat\tphotos/1.png\ndog\tphotos/2, blue.png\n'],
    ['a.jsonl', '{"path":"photos/1.png","label":"cat"}\n{"path":"./photos/2, blue.png","label":"dog"}\n'],
  ])('finds the pictures from the folder of %s', async (name, contents) => {
    const data = await read({}, await table(name, contents))
    expect(listed(data)).toEqual(['photos/1.png = cat', 'photos/2, blue.png = dog'])
    expect(data.name).toBe(name)
    expect(notices).toEqual([])
  })

  it('takes absolute paths, columns by name or by guess, which it says', async () => {
    const contents = `Filename,kind,class\n${join(folder, 'photos/1.png')},x,cat\nphotos/none.png,y,dog\n`
    const path = await table('a.csv', contents)
    expect(listed(await read({}, path))).toEqual(['photos/1.png = cat'])
    expect(notices).toEqual([
      expect.stringContaining('the column "class" is taken for the label. If that is wrong'),
      expect.stringContaining(
        'the column "Filename" is taken for the path. If that is wrong, name it with the option pathColumn',
      ),
      expect.stringMatching(
        /1 of 2 inputs cannot be read and are left out:\n {2}.*none\.png: expected a file or folder, got nothing/,
      ),
    ])
    expect(listed(await read({ pathColumn: 'Filename', labelColumn: 'kind' }, path))).toEqual(['photos/1.png = x'])
  })

  it('takes file: URLs, data: URLs and paths with the separators of Windows', async () => {
    const url = `data:image/png;base64,${(await dark.png().toBuffer()).toString('base64')}`
    const rows = [pathToFileURL(join(folder, 'photos/1.png')).href, 'photos\\1.png', '.\\photos\\1.png', url]
    const path = await table('a.tsv', `path\tlabel\n${rows.map((cell) => `${cell}\tcat\n`).join('')}`)
    const data = await read({}, path)
    expect([data.size, notices]).toEqual([4, []])
    const features = await tinyImageBackbone().embed(data.inputs)
    expect(features.data.slice(-features.columns)).toEqual(features.data.slice(0, features.columns))
  })

  it('keeps the pictures of one patient on one side of each split', async () => {
    const rows = Array.from({ length: 24 }, (_, place) => [
      `photos/${place}.png`,
      ['cat', 'dog'][place % 2],
      `p${place % 8}`,
    ])
    const pictures = rows.map(([name], place) => [name as string, noise(place)] as const)
    await writeFiles(folder, Object.fromEntries(pictures))
    const path = await table(
      'a.csv',
      `path,label,patient\n${rows.map((row) => `${row.join()}\n`).join('')}photos/1.png,cat,\n`,
    )
    const data = await read({ groupColumn: 'patient' }, path)
    const patients = (part: typeof data) => new Set(part.examples.map(({ group }) => group))
    const { train, test } = data.split({ test: 0.3 })
    expect(test.size).toBeGreaterThan(3)
    expect([...patients(test)].filter((one) => patients(train).has(one))).toEqual([])
    expect(data.examples.at(-1)).not.toHaveProperty('group')
    await expect(read({ groupColumn: 'Patient' }, path)).rejects.toThrow(
      /a\.csv: expected groups in a column "Patient", got none\. Check the name/,
    )
  })

  it('names addresses in the web, which are not fetched', async () => {
    const path = await table('a.csv', 'path,label\nphotos/1.png,cat\nhttps://example.org/a/2.png,dog\n')
    expect((await read({}, path)).size).toBe(1)
    expect(notices[0]).toContain(
      'https://example.org/a/2.png: expected a path, a file: URL or bytes, got an address in the web. Nothing is downloaded here: save the picture',
    )
  })

  it('reads several labels, and numbers', async () => {
    const several = await readImageDataset(await table('a.csv', 'path,label\nphotos/1.png,cat|black\n'), {
      kind: 'multi-label',
    })
    expect(several.targets).toEqual([['cat', 'black']])
    expectTypeOf(several).toEqualTypeOf<Dataset<string, string[]>>()
    const numbers = await readImageDataset(await table('b.csv', 'path,label\nphotos/1.png,4.5\n'), {
      kind: 'regression',
    })
    expect(numbers.targets).toEqual([4.5])
    expectTypeOf(numbers).toEqualTypeOf<Dataset<string, number>>()
  })

  it.each<[string, string, RegExp]>([
    [
      'without a column of paths',
      'url,label\na,b\n',
      /a\.csv: expected a column "path", got the columns "url", "label"/,
    ],
    [
      'with a row without a label',
      'path,label\nphotos/1.png,\n',
      /a\.csv:2: expected a label in "label", got an empty cell/,
    ],
    ['without rows', 'path,label\n', /expected rows with label and path, got a header and no rows/],
    [
      'whose pictures are all missing',
      'path,label\n1.png,cat\n2.png,dog\n',
      /expected pictures that can be read, got none of 2; the first: .*1\.png/,
    ],
  ])('refuses one %s', async (_, contents, message) => {
    await expect(read({}, await table('a.csv', contents))).rejects.toThrow(message)
  })

  it('refuses a picture in its place', async () => {
    await table('a.csv', '')
    await expect(read({}, join(folder, 'photos/1.png'))).rejects.toThrow(
      /expected a file ending in \.csv, \.tsv, \.jsonl or \.json \(or these with \.gz\), got "\.png"/,
    )
  })
})

describe('training on a folder of pictures', () => {
  const classes = async (counts: Readonly<Record<string, number>>): Promise<Dataset<string>> => {
    for (const [label, count] of Object.entries(counts)) {
      const brightness = label === 'dark' ? 0.2 : 0.8
      const files = Array.from({ length: count }, (_, place) => [`${label}/${place}.png`, noise(place, { brightness })])
      await writeFiles(folder, Object.fromEntries(files))
    }
    return read()
  }

  it('leaves out what is gone or damaged since it was listed', async () => {
    const data = await classes({ dark: 12, bright: 12 })
    await rm(join(folder, 'dark/3.png'))
    const cutOff = (await bright.png().toBuffer()).subarray(0, 300)
    await writeFiles(folder, { 'bright/5.png': cutOff, 'bright/6.png': cutOff })
    const events: TrainEvent[] = []
    const model = await fineTune(tinyImageBackbone(), data, { cache: false, onEvent: (event) => events.push(event) })
    const said = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []))
    expect(said).toEqual([
      expect.stringContaining('1 example repeats an earlier one'),
      expect.stringContaining('3 of 24 inputs cannot be read and are left out'),
    ])
    expect(said[1]).toMatch(/3\.png: expected a file or folder, got nothing of that name/)
    expect(said[1]).toMatch(/5\.png: expected a whole PNG, got one that is cut off or damaged/)
    // Each by its own name, though their bytes are the same.
    expect(said[1]).toMatch(/6\.png: expected a whole PNG, got one that is cut off or damaged/)
    expect(model.training.examples).toBe(21)
    const answers = await model.predict([
      await noise(90, { brightness: 0.2 }).png().toBuffer(),
      await noise(91, { brightness: 0.8 }).webp().toBuffer(),
    ])
    expect(answers.map(({ label }) => label)).toEqual(['dark', 'bright'])
  })

  it('needs two classes', async () => {
    const data = await classes({ dark: 5 })
    await expect(fineTune(tinyImageBackbone(), data, { cache: false })).rejects.toThrow(
      /examples of at least two classes, got 5 examples, all labeled "dark"/,
    )
  })

  it('needs two pictures of a class to choose by cross-validation, one where it need not', async () => {
    const data = await classes({ dark: 5, bright: 1 })
    await expect(fineTune(tinyImageBackbone(), data, { cache: false })).rejects.toThrow(
      /at least 2 examples of class "bright".*got 1/,
    )
    const model = await fineTune(tinyImageBackbone(), data, { cache: false, l2: 0.01 })
    expect(model.labels).toEqual(['bright', 'dark'])
  })

  it('finds copies by their content', async () => {
    const data = await classes({ dark: 4, bright: 4 })
    await writeFiles(folder, { 'dark/copy.png': noise(0, { brightness: 0.2 }) })
    const events: TrainEvent[] = []
    await fineTune(tinyImageBackbone(), await read(), { cache: false, onEvent: (event) => events.push(event) })
    expect(events[0]).toMatchObject({
      type: 'notice',
      message: expect.stringMatching(/^1 example repeats an earlier one with the same label/),
    })
    expect(data.inputs.map((path) => basename(path))).not.toContain('copy.png')
  })
})
