import { describe, expect, it } from 'vitest'
import { DataError, FileError, HeadstartError, ModelFolderError, OptionError } from './errors.js'

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
