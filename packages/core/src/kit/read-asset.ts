import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { FileError } from '../contract/errors.js'

/**
 * A file that comes with a package, such as built-in weights.
 * @throws FileError when it is not there
 */
export async function readAsset(packageName: string, file: URL): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (cause) {
    const expected = `its built-in file ${basename(file.pathname)}`
    const remedy = 'Install the package again (in a checkout: build it).'
    throw new FileError('environment', packageName, expected, 'no such file', remedy, { cause })
  }
}
