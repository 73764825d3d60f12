import { describe, expect, it } from 'vitest'
import { DataError, FileError, HeadstartError, InputError, ModelFolderError, OptionError } from './errors.js'

const words = ['data set "x"', 'two classes', 'one', 'Add examples.'] as const

describe('HeadstartError', () => {
  it.each([OptionError, DataError, ModelFolderError])('says who, expected, got and remedy: %o', (Kind) => {
    const error = new Kind(...words)
    expect(error).toBeInstanceOf(HeadstartError)
    const [who, expected, got, remedy] = words
    expect(error).toMatchObject({ name: Kind.name, fault: 'input', who, expected, got, remedy })
    expect(error.message).toBe('data set "x": expected two classes, got one. Add examples.')
    expect(String(error)).toBe(`${Kind.name}: ${error.message}`)
  })

  it.each(['input', 'environment'] as const)('knows that a file error is a fault of the %s, and its cause', (fault) => {
    const cause = new Error('ENOSPC')
    const error = new FileError(fault, ...words, { cause })
    expect(error).toBeInstanceOf(HeadstartError)
    expect(error).toMatchObject({ name: 'FileError', fault, cause })
  })
})

describe('what a message quotes', () => {
  const million = 1_500_000
  it.each<[string, string]>([
    ['a data: URL', `data:image/png;base64,${'A'.repeat(million)}`],
    ['a label', JSON.stringify('refund '.repeat(million / 7))],
    ['a text with quotes', JSON.stringify('he said "no" '.repeat(million / 13))],
    ['a list of numbers', `[${Array.from({ length: million / 5 }, () => '0.25').join(', ')}]`],
    ['a tensor', JSON.stringify(Array.from({ length: 300 }, () => Array<number>(1000).fill(0.5)))],
    ['characters of two units', `"${'🐈'.repeat(million / 2)}"`],
  ])('is short: %s', (_, quoted) => {
    const error = new InputError(quoted, 'a picture', quoted, 'Leave it out.')
    expect(error.message.length).toBeLessThan(450)
    expect(error.got.startsWith(quoted.slice(0, 100))).toBe(true)
    expect(error.message).toMatch(/: expected a picture, got .*…/)
    expect(error.message).toMatch(/\. Leave it out\.$/)
    expect(error.message).not.toMatch(/\p{Surrogate}/u)
    const { message } = new InputError('picture', 'one', 'another', '', { message: `x ${quoted} y` })
    expect(message.startsWith('x ') && message.endsWith(' y')).toBe(true)
  })

  it('is 200 characters of each thing at most, and all of them where they are short', () => {
    const label = (letter: string): string => `"${letter.repeat(5000)}"`
    const { message } = new DataError('data', `labels: ${label('a')}, ${label('b')}`, '"c"', 'Rename them.')
    expect(message).toMatch(/^data: expected labels: "a{148}…a{49}", "b{148}…b{49}", got "c"\. Rename them\.$/)
    const many = Array.from({ length: 40 }, (_, place) => `"label ${place}"`).join(', ')
    expect(new DataError('data', many, 'none', '').message).toBe(`data: expected ${many}, got none`)
  })
})
