import { describe, expect, it } from 'vitest'
import { filesOf, kindOf, mostly } from './dropped.js'

describe('what is dropped', () => {
  it('is known by the ending of its name', () => {
    const names = ['a/B.JPG', 'b.csv', 'chat.json', 'c.docx', 'png']
    expect(names.map(kindOf)).toEqual(['picture', 'table', 'table', undefined, undefined])
  })

  it('is mostly pictures, or tables, or neither', () => {
    const named = (...names: string[]) => names.map((name) => ({ name, file: new File([], name) }))
    expect(mostly(named('a.jpg', 'b.png', 'labels.csv'))).toBe('picture')
    expect(mostly(named('labels.csv', 'notes.docx'))).toBe('table')
    expect(mostly(named('notes.docx'))).toBeUndefined()
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
