import { describe, expect, it } from 'vitest'
import { pastedRows } from './pasted.js'

describe('pastedRows', () => {
  it('takes lines as texts without a label', () => {
    expect(pastedRows('Good morning\n\n  Good night \r\n')).toEqual([
      { text: 'Good morning', label: null },
      { text: 'Good night', label: null },
    ])
    expect(pastedRows('  ')).toEqual([])
  })

  it('takes rows of a spreadsheet, whichever column is the label', () => {
    const rows = [
      { text: 'I want my money back', label: 'refund' },
      { text: 'Where is it?', label: 'delivery' },
      { text: 'Send it back, please', label: 'refund' },
    ]
    expect(pastedRows(rows.map(({ text, label }) => `${text}\t${label}`).join('\n'))).toEqual(rows)
    expect(pastedRows(rows.map(({ text, label }) => `${label}\t${text}`).join('\r\n'))).toEqual(rows)
  })

  it('takes a header at its word, and leaves labels that are not there open', () => {
    expect(pastedRows('label\ttext\na\tOne\n\tTwo')).toEqual([
      { text: 'One', label: 'a' },
      { text: 'Two', label: null },
    ])
  })

  it('takes what is written for a text from the column behind it, also where it is shorter or the same', () => {
    expect(pastedRows('source\ttarget\nOpen the file\tÖffnen\nOpen\tÖffnen', true)).toEqual([
      { text: 'Open the file', label: 'Öffnen' },
      { text: 'Open', label: 'Öffnen' },
    ])
    expect(pastedRows('Oben\tOn the top of all', true)).toEqual([{ text: 'Oben', label: 'On the top of all' }])
  })

  it('reads quotes as a spreadsheet writes them', () => {
    expect(pastedRows('"He said ""no"""\tno')).toEqual([{ text: 'He said "no"', label: 'no' }])
  })
})
