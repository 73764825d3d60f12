import { describe, expect, it } from 'vitest'
import { findColumns } from './columns.js'

function find(columns: string[], named: { label?: string; text?: string } = {}) {
  const notices: string[] = []
  const texts = { role: 'text', usualNames: ['sentence', 'review', 'input'], named: named.text }
  const { label, input } = findColumns('data.csv', columns, texts, { named: named.label }, (message) =>
    notices.push(message),
  )
  return { label, text: input, notices }
}

describe('findColumns', () => {
  it('takes label and text without a word', () => {
    expect(find(['id', 'text', 'label', 'sentiment'])).toEqual({ label: 'label', text: 'text', notices: [] })
  })

  it('takes the named ones, whatever else there is', () => {
    const columns = ['text', 'label', 'stars', 'title']
    expect(find(columns, { label: 'stars', text: 'title' })).toEqual({ label: 'stars', text: 'title', notices: [] })
  })

  it('guesses usual names in any case, and says so', () => {
    const { label, text, notices } = find(['Review', ' Sentiment '])
    expect({ label, text }).toEqual({ label: ' Sentiment ', text: 'Review' })
    expect(notices).toEqual([
      expect.stringMatching(/^data\.csv: the column " Sentiment " is taken for the label\. .*--label-column/),
      expect.stringMatching(/^data\.csv: the column "Review" is taken for the text\. .*--text-column/),
    ])
  })

  it('finds the label in a spreadsheet of another language', () => {
    for (const name of ['Kategorie', 'Catégorie', 'Categoría', 'Categoria', 'Categorie'])
      expect(find(['Nr.', 'Review', name])).toMatchObject({ label: name, text: 'Review' })
  })

  it('says that another column seems to name the classes', () => {
    const { label, notices } = find(['text', 'label', 'label_text'])
    expect({ label, notices }).toEqual({
      label: 'label',
      notices: [expect.stringMatching(/"label_text" seems to name the classes\..*--label-column label_text/)],
    })
    expect(find(['text', 'label', 'label_text'], { label: 'label' }).notices).toEqual([])
  })

  it('prefers the more usual name', () => {
    expect(find(['y', 'class', 'input', 'sentence'])).toMatchObject({ label: 'class', text: 'sentence' })
  })

  it.each<[string, string[], { label?: string; text?: string }, RegExp]>([
    [
      'no label',
      ['a', 'text'],
      {},
      /expected a column "label", got the columns "a", "text"\. Rename the column of the label, or name it with the option labelColumn/,
    ],
    [
      'no text',
      ['label', 'b'],
      {},
      /expected a column "text", got the columns "label", "b"\. Rename the column of the text/,
    ],
    [
      'a named column that is not there',
      ['label', 'text'],
      { text: 'Text' },
      /expected a column "Text", got the columns "label", "text"\. Check the name/,
    ],
    [
      'one column for both',
      ['label', 'text'],
      { label: 'text' },
      /expected two columns, for label and text, got "text" for both/,
    ],
  ])('refuses %s', (_, columns, named, message) => {
    expect(() => find(columns, named)).toThrow(message)
  })

  it('takes those of what a model learned from, before the usual ones, where they are there', () => {
    const notices: string[] = []
    const find = (...columns: string[]) =>
      findColumns(
        'data.csv',
        columns,
        { role: 'text', usualNames: ['body'], learned: 'data.title' },
        { learned: 'stars' },
        (message) => notices.push(message),
      )
    expect(find('text', 'data', 'label', 'stars')).toEqual({ input: 'data.title', label: 'stars' })
    expect(notices).toEqual([
      expect.stringContaining('data.csv: the column "stars" is taken for the label, as in training.'),
      expect.stringContaining('data.csv: the column "data.title" is taken for the text, as in training.'),
    ])
    expect(find('text', 'label')).toEqual({ input: 'text', label: 'label' })
  })
})
