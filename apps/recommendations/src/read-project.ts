import { readFile } from 'node:fs/promises'
import { DataError, toFileError } from '@headstart/core/kit'
import { dependenciesOf, type PackageJson } from './package-json.js'

/**
 * What the project of a package.json depends on and is developed with.
 * @throws FileError when the file cannot be read; DataError when it is no package.json, or lists nothing.
 */
export async function readProject(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  const content = parse(text, path)
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new DataError(path, 'an object', text.slice(0, 20), 'Name the package.json of a project.')
  }
  const names = dependenciesOf(content as PackageJson)
  if (names.length > 0) return names
  throw new DataError(
    path,
    'dependencies, devDependencies or peerDependencies',
    'none',
    'There is nothing to go by: name another project.',
  )
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DataError(path, 'JSON', (error as Error).message, 'Name the package.json of a project.', { cause: error })
  }
}
