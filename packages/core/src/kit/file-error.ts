import { type Fault, FileError } from '../contract/errors.js'

/** What was being done to a file. */
export type FileAction = 'read' | 'write'

type Explanation = readonly [fault: Fault, expected: string, got: string, remedy: string]

const notAllowed = (action: FileAction): Explanation => [
  'environment',
  `permission to ${action} it`,
  'none',
  'Change its permissions or choose another place.',
]

const diskFull = (): Explanation => [
  'environment',
  'room to write',
  'a full disk',
  'Nothing was changed: free some space or choose another place.',
]

const tooManyFiles = (): Explanation => [
  'environment',
  'a free file handle',
  'too many open files',
  'Close other programs or raise the limit (ulimit -n).',
]

const taken = (): Explanation => [
  'input',
  'a path that is free',
  'one at which something stands',
  'Choose another place.',
]

const explanations: Readonly<Record<string, (action: FileAction) => Explanation>> = {
  ENOENT: (action) =>
    action === 'read'
      ? ['input', 'a file or folder', 'nothing of that name', 'Check the path.']
      : ['input', 'a folder to write into', 'none', 'Check the path or create the folder.'],
  EISDIR: () => ['input', 'a file', 'a folder', 'Give the path of a file.'],
  ENOTDIR: () => ['input', 'a folder', 'a file in its place', 'Check the path.'],
  ELOOP: () => ['input', 'a file or folder', 'symbolic links in a circle', 'Correct the links.'],
  ENAMETOOLONG: () => ['input', 'a path', 'one that is too long', 'Check the path.'],
  // Node's own, for a path with a character of number 0.
  ERR_INVALID_ARG_VALUE: () => ['input', 'a path', 'no such one', 'Check the path.'],
  EEXIST: taken,
  ENOTEMPTY: taken,
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: () => ['environment', 'a place that can be written', 'a read-only file system', 'Choose another place.'],
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  EFBIG: diskFull,
  EMFILE: tooManyFiles,
  ENFILE: tooManyFiles,
}

/**
 * Node's error on a file as a `FileError` that names the path the user gave and says what to do.
 * An error of another kind comes back as it is.
 */
export function toFileError(error: unknown, path: string, action: FileAction): Error {
  const code = errorCode(error) ?? ''
  const explain = Object.hasOwn(explanations, code) ? explanations[code] : undefined
  if (!explain) return error as Error
  const [fault, expected, got, remedy] = explain(action)
  return new FileError(fault, path, expected, `${got} (${code})`, remedy, { cause: error })
}

/** The code of one of Node's errors, such as 'ENOENT'. */
export function errorCode(error: unknown): string | undefined {
  const { code } = Object(error) as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}
