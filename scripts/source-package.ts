import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** An npm package that assets are made from when one of ours is built. */
export interface SourcePackage {
  readonly name: string
  readonly version: string
  /** Path of a file in it. */
  path(file: string): string
}

/**
 * @param into Folder of our package that is built.
 * @throws Error saying what to do where it is not installed, or of another version than the one that is meant.
 */
export function sourcePackage(name: string, version: string, into: URL): SourcePackage {
  const manifestOf = (folder: string): { name: string; version: string } =>
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string }
  const own = fileURLToPath(into)
  const refusal = (got: string): Error =>
    new Error(
      `build of ${manifestOf(own).name}: expected ${name} ${version}, of which its assets are made, got ${got}. ` +
        'It is among the devDependencies: run npm run setup in the root of the checkout.',
    )
  // Not every package lets its files be resolved by name.
  const folder = join(own, 'node_modules', name)
  let found: { readonly version: string }
  try {
    found = manifestOf(folder)
  } catch (cause) {
    throw Object.assign(refusal('no such package'), { cause })
  }
  if (found.version !== version) throw refusal(`version ${found.version}`)
  return { name, version, path: (file) => join(realpathSync(folder), file) }
}
