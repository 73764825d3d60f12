import { readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { FileError } from '../contract/errors.js'
import { type FileAction, toFileError } from './file-error.js'

/** The error that the system really raises. */
const raised = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('nothing raised'),
    (error) => error,
  )

let folder = ''
beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(join(folder, 'file'), 'x')
})

describe('toFileError on real errors', () => {
  it.each<[string, FileAction, () => Promise<unknown>, string]>([
    [
      'a missing file',
      'read',
      () => readFile(join(folder, 'none')),
      'data.csv: expected a file or folder, got nothing of that name (ENOENT). Check the path.',
    ],
    [
      'a name that no file can have',
      'read',
      () => readFile(join(folder, 'file\0')),
      'data.csv: expected a path, got no such one (ERR_INVALID_ARG_VALUE). Check the path.',
    ],
    [
      'a missing folder',
      'write',
      () => writeFile(join(folder, 'none', 'x'), ''),
      'data.csv: expected a folder to write into, got none (ENOENT). Check the path or create the folder.',
    ],
    [
      'a file in place of a folder',
      'read',
      () => readdir(join(folder, 'file', 'x')),
      'data.csv: expected a folder, got a file in its place (ENOTDIR). Check the path.',
    ],
    [
      'links in a circle',
      'read',
      async () => {
        await symlink('circle', join(folder, 'circle'))
        return readFile(join(folder, 'circle'))
      },
      'data.csv: expected a file or folder, got symbolic links in a circle (ELOOP). Correct the links.',
    ],
    [
      'a name that is too long',
      'read',
      () => readFile(join(folder, 'x'.repeat(5000))),
      'data.csv: expected a path, got one that is too long (ENAMETOOLONG). Check the path.',
    ],
    [
      'a taken name',
      'write',
      () => writeFile(join(folder, 'file'), '', { flag: 'wx' }),
      'data.csv: expected a path that is free, got one at which something stands (EEXIST). Choose another place.',
    ],
  ])('%s', async (_, action, work, message) => {
    const cause = await raised(work())
    const error = toFileError(cause, 'data.csv', action)
    expect(error).toBeInstanceOf(FileError)
    expect(error).toMatchObject({ message, fault: 'input', who: 'data.csv', cause })
  })

  it.skipIf(process.platform === 'win32')('a folder in place of a file', async () => {
    const error = toFileError(await raised(readFile(folder)), folder, 'read')
    expect(error).toMatchObject({ fault: 'input', expected: 'a file', got: 'a folder (EISDIR)' })
    const moved = toFileError(await raised(rename(join(folder, 'file'), folder)), folder, 'write')
    expect(moved).toBeInstanceOf(FileError)
  })

  it.runIf(process.platform === 'linux')('a full disk', async () => {
    const error = toFileError(await raised(writeFile('/dev/full', 'x')), 'model', 'write')
    expect(error).toMatchObject({
      message:
        'model: expected room to write, got a full disk (ENOSPC). ' +
        'Nothing was changed: free some space or choose another place.',
      fault: 'environment',
    })
  })
})

describe('toFileError', () => {
  it.each([
    ['EACCES', 'read', 'permission to read it'],
    ['EPERM', 'write', 'permission to write it'],
    ['EROFS', 'write', 'a place that can be written'],
    ['EDQUOT', 'write', 'room to write'],
    ['EFBIG', 'write', 'room to write'],
    ['EMFILE', 'read', 'a free file handle'],
  ] as const)('%s on %s lies with the environment', (code, action, expected) => {
    const error = toFileError(Object.assign(new Error('from Node'), { code }), 'x', action)
    expect(error).toMatchObject({ name: 'FileError', fault: 'environment', expected })
  })

  it.each([
    new TypeError('a bug'),
    new FileError('input', 'a', 'b', 'c', 'd'),
    'text',
    undefined,
    Object.assign(new Error('odd'), { code: 'toString' }),
    Object.assign(new Error('i/o'), { code: 'EIO' }),
  ])('leaves %s alone', (error) => {
    expect(toFileError(error, 'x', 'read')).toBe(error)
  })
})
