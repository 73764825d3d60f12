import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { packageOf } from '../src/machine.js'
import { onnxruntimeVersion, version } from '../src/version.js'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly libc?: readonly string[]
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: object
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly publishConfig?: { readonly os: readonly string[]; readonly cpu: readonly string[] }
}

const home = fileURLToPath(new URL('../', import.meta.url))
const platforms = readdirSync(join(home, 'npm'))
const source = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')), 'bin/napi-v6')

function manifest(path: string): Manifest {
  return JSON.parse(readFileSync(join(home, path, 'package.json'), 'utf8')) as Manifest
}

describe('packages of platforms', () => {
  it('are five, and all are optional dependencies, in the version of the package', () => {
    expect(platforms).toEqual(['darwin-arm64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'])
    const { optionalDependencies, ...own } = manifest('.')
    const entries = platforms.map((name) => [`@headstart/runtime-${name}`, 'workspace:*'])
    expect(optionalDependencies).toEqual(Object.fromEntries(entries))
    expect([own.version, own.devDependencies?.['onnxruntime-node']]).toEqual([version, onnxruntimeVersion])
  })

  it.each(platforms)('%s is installed where it runs, needs nothing, and is filled when it is packed', (platform) => {
    const [os = '', cpu = ''] = platform.split('-')
    const found = manifest(`npm/${platform}`)
    expect(packageOf({ platform: os, arch: cpu, musl: false })).toBe(found.name)
    expect(found).toMatchObject({ version, publishConfig: { os: [os], cpu: [cpu] } })
    expect(found.libc).toEqual(os === 'linux' ? ['glibc'] : undefined)
    expect(found.scripts).toEqual({ prepack: `node ../../scripts/copy-library.mjs ${platform}` })
    expect(found.dependencies).toBe(undefined)
  })

  it.each([
    ['darwin', 'libonnxruntime.1.dylib'],
    ['linux', 'libonnxruntime.so.1'],
    ['win32', 'onnxruntime.dll'],
  ])('%s: the binding names the library that is copied', (os, library) => {
    for (const cpu of readdirSync(join(source, os))) {
      const binding = readFileSync(join(source, os, cpu, 'onnxruntime_binding.node'))
      expect(binding.includes(`${library}\0`)).toBe(true)
      expect(binding.includes('onnxruntime.1.30')).toBe(false)
    }
  })

  it('hold the library, its binding and their notices, and nothing else', ({ skip }) => {
    const name = `${process.platform}-${process.arch}`
    skip(!platforms.includes(name), `There is no package for ${name}.`)
    const files = readdirSync(join(home, 'npm', name, 'bin')).toSorted()
    expect(files).toEqual([
      'LICENSE',
      'ThirdPartyNotices.txt',
      expect.stringMatching(/^(lib)?onnxruntime\./),
      'onnxruntime_binding.node',
    ])
  })
})
