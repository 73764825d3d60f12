import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../src/', import.meta.url))

/** What a module loads before it runs, and all that this loads: its own files, and names of packages. */
function loaded(file: string, found = { files: new Set<string>(), packages: new Set<string>() }) {
  if (found.files.has(file)) return found
  found.files.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, from = ''] of text.matchAll(/^(?:import|export) (?!type )(?:[\w\s*{},]+ from )?'([^']+)'/gm)) {
    if (from.startsWith('.')) loaded(join(dirname(file), from.replace(/\.js$/, '.ts')), found)
    else found.packages.add(from)
  }
  return found
}

describe('the package in a browser', () => {
  it('is loaded without modules of Node and without a native library', () => {
    const { files, packages } = loaded(join(folder, 'index.ts'))
    const errors = '@headstart/runtime/errors'
    expect([...packages].filter((name) => !name.startsWith('@bufbuild/protobuf') && name !== errors)).toEqual([])
    expect([...loaded(join(folder, '../../runtime/src/errors.ts')).packages]).toEqual([])
    const names = [...files].map((file) => relative(folder, file))
    expect(names).toContain('runtime/session.ts')
    expect(names).not.toContain('runtime/node-runtime.ts')
    // What is loaded when it is needed, and no other runtime is set.
    expect([...loaded(join(folder, 'runtime/node-runtime.ts')).packages]).toContain('@headstart/runtime')
    expect([...loaded(join(folder, 'files/node-files.ts')).packages]).toContain('node:fs/promises')
  })
})
