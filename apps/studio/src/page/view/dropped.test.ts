import { describe, expect, it } from 'vitest'
import { beginningsOf, filesOf, kindOf, likelyWays } from './dropped.js'

describe('what is dropped', () => {
  it('is known by the ending of its name', () => {
    const names = ['a/B.JPG', 'b.csv', 'chat.json', 'c.docx', 'png']
    expect(names.map(kindOf)).toEqual(['picture', 'table', 'table', undefined, undefined])
  })

  it('says what it is by the names of pictures, and by how tables begin', () => {
    const files = ['cat/1.jpg', 'labels.csv'].map((name) => ({ name, file: new File(['something'], name) }))
    const beginnings = beginningsOf(files)
    expect(beginnings.map(({ name }) => name)).toEqual(['cat/1.jpg', 'labels.csv'])
    expect(beginnings.map(({ file }) => file.size)).toEqual([0, 9])
    const large = { name: 'a.csv', file: new File([new Uint8Array(5 * 2 ** 20)], 'a.csv') }
    expect(beginningsOf(Array.from({ length: 10 }, () => large)).reduce((sum, { file }) => sum + file.size, 0)).toBe(
      32 * 2 ** 20,
    )
  })

  it('is of one task where that makes much more of it than any other, else of several', () => {
    const likely = (...fits: number[]) =>
      likelyWays(fits.map((fit, task) => ({ task: String(task), fit, kinds: ['classification'] })))
    const [kind] = ['classification']
    expect(likely(1, 0.66)).toEqual([{ task: '0', kind }])
    expect(likely(0.3, 0.28, 0.1)).toEqual([
      { task: '0', kind },
      { task: '1', kind },
    ])
    expect(likely()).toEqual([])
  })

  it('is of each kind that its labels can be, the likeliest first', () => {
    expect(likelyWays([{ task: 'text', fit: 1, kinds: ['regression', 'classification'] }])).toEqual([
      { task: 'text', kind: 'regression' },
      { task: 'text', kind: 'classification' },
    ])
  })

  it('is walked folder by folder, in parts as browsers give them, without files of the system', async () => {
    const file = (name: string) => ({
      isFile: true,
      name,
      file: (resolve: (file: File) => void) => resolve(new File([], name)),
    })
    const folder = (name: string, ...parts: object[][]) => ({
      isFile: false,
      name,
      createReader: () => ({ readEntries: (resolve: (entries: object[]) => void) => resolve(parts.shift() ?? []) }),
    })
    const root = folder('pets', [folder('cat', [file('1.jpg')], [file('2.jpg'), file('.DS_Store')])], [file('x.png')])
    const items = [{ webkitGetAsEntry: () => root }] as unknown as DataTransferItemList
    const found = await filesOf({ items, files: [] as unknown as FileList })
    expect(found.map(({ name }) => name)).toEqual(['pets/cat/1.jpg', 'pets/cat/2.jpg', 'pets/x.png'])
  })
})
