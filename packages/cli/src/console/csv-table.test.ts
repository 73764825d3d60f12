import { expect, it } from 'vitest'
import { csvTable, withoutFormulas } from './csv-table.js'

it('a text that a spreadsheet would take for a formula is a text in a table for people', () => {
  const texts = ['=HYPERLINK("http://x","y")', '+1', '-1+2', '@sum', '\t=1', 'plain', 'a = b']
  const rows = texts.map((input, row) => withoutFormulas({ row: -row, input }))
  expect(csvTable(rows).split('\n').slice(1, -1)).toEqual([
    `0,"'=HYPERLINK(""http://x"",""y"")"`,
    "-1,'+1",
    "-2,'-1+2",
    "-3,'@sum",
    "-4,'\t=1",
    '-5,plain',
    '-6,a = b',
  ])
})
