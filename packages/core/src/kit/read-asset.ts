import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FileError } from '../contract/errors.js'

/**
 * A file that comes with a package, such as built-in weights. Where a bundler took the package's code and left its files, it
 * is read from the package as it is installed.
 * @param path Its path in the package.
 * @param locate Gives its address, `new URL('../FILE', import.meta.url)`: written out, so that bundlers and file tracers see it.
 * @throws FileError when it is not there
 */
export async function readAsset(packageName: string, path: string, locate: () => URL): Promise<Uint8Array> {
  let place = 'its package'
  try {
    const url = locate()
    place = url.protocol === 'file:' ? fileURLToPath(url) : url.href
    return await readFile(url)
  } catch (cause) {
    const installed = installedPlace(packageName, path)
    if (installed !== undefined && installed !== place) {
      try {
        return await readFile(installed)
      } catch {
        // What is said is where it should be.
      }
    }
    const remedy =
      `Install the package again (in a checkout: build it). In a bundle: copy ${path} of the package to that place, or leave ` +
      `the package out of the bundle (esbuild: --external:@headstart/*; Next.js: serverExternalPackages; its standalone ` +
      `output takes files along by outputFileTracingIncludes).`
    throw new FileError('environment', packageName, `its built-in file ${path}`, `no such file at ${place}`, remedy, {
      cause,
    })
  }
}

/** Where the file of an installed package lies, as seen from this program, which may be a bundle; undefined: not installed. */
function installedPlace(packageName: string, path: string): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(packageName)
    return join(dirname(entry), '..', path)
  } catch {
    return undefined
  }
}

/**
 * Several of them, by name.
 * @param folder Their folder in the package.
 * @param files How each is located, as above.
 * @throws FileError when one is not there
 */
export async function readAssets(
  packageName: string,
  folder: string,
  files: Readonly<Record<string, () => URL>>,
): Promise<Map<string, Uint8Array>> {
  const read = async ([name, locate]: [string, () => URL]) =>
    [name, await readAsset(packageName, `${folder}/${name}`, locate)] as const
  return new Map(await Promise.all(Object.entries(files).map(read)))
}
