import { describe, expect, it } from 'vitest'
import { drawings, isBigCat, styles } from './drawings.js'

describe('drawings', () => {
  it.each(styles)('has animals and plants of %s, among them cats and what is like cats', (style) => {
    const all = drawings(style)
    const cats = all.filter(({ label }) => label === 'cat').map(({ name }) => name)
    expect(cats).toEqual(expect.arrayContaining(['black-cat', 'cat', 'cat-face', 'kissing-cat', 'weary-cat']))
    expect(all.filter(({ name }) => isBigCat(name)).map(({ name, label }) => [name, label])).toEqual([
      ['leopard', 'other'],
      ['lion', 'other'],
      ['tiger', 'other'],
      ['tiger-face', 'other'],
    ])
    expect(all.length).toBeGreaterThan(150)
    expect(new Set(all.map(({ picture }) => Buffer.from(picture).toString())).size).toBe(all.length)
  })
})
