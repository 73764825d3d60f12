/** Every package as it is published: what its manifest says of it, and whether others find and type its doors. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkPackage, Package } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { describe, expect, it } from 'vitest'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly files: readonly string[]
  readonly scripts?: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folders = ['packages', 'packages/runtime/npm', 'apps'].flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
)
const published = folders.filter(
  (folder) => existsSync(join(root, folder, 'package.json')) && !manifestOf(folder).private,
)

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
}

/** What a package manager packs, by path. Of weights and libraries it counts that they are there. */
function packed(folder: string): Record<string, string> {
  const inside = manifestOf(folder).files.flatMap((entry) => {
    const names =
      entry.includes('.') || entry === 'NOTICE' ? [''] : readdirSync(join(root, folder, entry), { recursive: true })
    return names.map((name) => join(entry, name as string))
  })
  const files = ['package.json', ...inside].filter((name) => /\.\w+$/.test(name))
  const text = (name: string): string =>
    /\.(json|js|ts|md|map)$/.test(name) ? readFileSync(join(root, folder, name), 'utf8') : ''
  return Object.fromEntries(files.map((name) => [name, text(name)]))
}

describe.each(published)('%s', (folder) => {
  const manifest = manifestOf(folder)

  it('says where it comes from and what it is', () => {
    const home = 'https://github.com/headstart-ml/headstart'
    expect(manifest).toMatchObject({
      description: expect.stringMatching(/\.$/),
      keywords: expect.arrayContaining([expect.any(String)]),
      license: expect.any(String),
      author: 'Headstart contributors',
      homepage: `${home}/tree/main/${folder}#readme`,
      repository: { type: 'git', url: `git+${home}.git`, directory: folder },
      bugs: `${home}/issues`,
      exports: { './package.json': './package.json' },
    })
    expect(readFileSync(join(root, folder, 'README.md'), 'utf8')).toMatch(`# ${manifest.name}\n`)
  })

  it('runs no script when it is installed', () => {
    const scripts = Object.keys(manifest.scripts ?? {})
    expect(scripts.filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([])
  })
})

// The libraries of other platforms are there when all are packed.
const built = published.filter((folder) =>
  manifestOf(folder).files.every((entry) => existsSync(join(root, folder, entry))),
)

describe.each(built)('%s, as it is packed', (folder) => {
  const manifest = manifestOf(folder)
  const files = packed(folder)

  it('passes publint', async () => {
    const list = Object.entries(files).map(([name, text]) => ({
      name: join(root, folder, name),
      data: Buffer.from(text),
    }))
    const { messages } = await publint({ pkgDir: join(root, folder), level: 'warning', pack: { files: list } })
    expect(messages).toEqual([])
  })

  // As with attw's profile esm-only: `require` of an ES module works from Node 20.19 on, which is the oldest that is taken.
  it('has types that importers find, by Node and by bundlers', async () => {
    const typed = Object.entries(files).filter(([name]) => /\.(json|js|d\.ts)$/.test(name))
    const inModules = typed.map(([name, text]) => [`/node_modules/${manifest.name}/${name}`, text])
    const result = await checkPackage(new Package(Object.fromEntries(inModules), manifest.name, manifest.version))
    const problems = 'problems' in result ? result.problems : []
    const counted = problems.filter((problem) => {
      const kind = 'resolutionKind' in problem ? problem.resolutionKind : undefined
      return kind !== 'node10' && kind !== 'node16-cjs'
    })
    expect(counted).toEqual([])
  })

  it('has source maps that carry their sources', () => {
    const maps = Object.entries(files).filter(([name]) => name.endsWith('.map'))
    for (const [name, text] of maps) {
      const { sources, sourcesContent } = JSON.parse(text) as Record<string, unknown[]>
      expect(sourcesContent?.length, name).toBe(sources?.length)
    }
  })
})
