import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { atMost, type Benchmark, type Figure } from './figure.js'
import { serveTarballs } from './local-registry.js'
import { median, secondsOf, withEmptyCache } from './measure.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const domains = ['nlp', 'vision', 'recommender']

/**
 * What a user gets who installs a domain package from a registry, scripts allowed: size on disk, scripts that ran, time of an
 * import; and README's first program, from that folder.
 */
export const install: Benchmark = {
  title: 'Installing from a registry, scripts allowed, into an empty folder',
  run: () =>
    withEmptyCache(async (folder) => {
      const packed = join(folder, 'packed')
      // The libraries of other platforms need not be there: their packages are not installed.
      const pack = [
        '-r',
        '--filter',
        './packages/**',
        '--config.ignore-scripts=true',
        'pack',
        '--pack-destination',
        packed,
      ]
      await ended('pnpm', pack, root)
      const registry = await serveTarballs(packed)
      try {
        const figures: Figure[] = []
        for (const domain of domains) figures.push(...(await measured(domain, join(folder, domain), registry.address)))
        return [...figures, await firstProgram(join(folder, 'nlp'))]
      } finally {
        registry.close()
      }
    }),
}

async function measured(domain: string, folder: string, registry: string): Promise<Figure[]> {
  const name = `@headstart/${domain}`
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  writeFileSync(join(folder, '.npmrc'), `@headstart:registry=${registry}\n`)
  await ended('npm', ['install', name, '--no-audit', '--no-fund'], folder)
  const modules = join(folder, 'node_modules')
  const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>
  }
  const scripts = Object.values(lock.packages).filter(({ hasInstallScript }) => hasInstallScript).length
  const size = megabytes(modules)
  const own = megabytes(join(modules, name))
  const beside = `${Object.keys(lock.packages).length} packages; its own files are ${own.toFixed(1)} MB`
  const sizes =
    domain === 'nlp'
      ? [
          atMost(`${name} installed`, size, 130, beside, ' MB'),
          atMost('the same without its weights', size - megabytes(join(modules, name, 'assets')), 110, '', ' MB'),
        ]
      : [{ what: `${name} installed`, measured: `${size.toFixed(1)} MB`, beside }]
  return [...sizes, atMost(`install scripts that ran for ${name}`, scripts, 0, ''), await importRatio(name, folder)]
}

/** Median time of a process that imports a package, in those of one that does nothing, taken in turns. */
async function importRatio(name: string, folder: string): Promise<Figure> {
  const times = { nothing: [] as number[], import: [] as number[] }
  const node = (code: string): Promise<number> => secondsOf(() => ended(process.execPath, ['-e', code], folder))
  await node(`import('${name}')`)
  for (let round = 0; round < 11; round++) {
    times.nothing.push(await node('0'))
    times.import.push(await node(`import('${name}')`))
  }
  const [nothing, imported] = [median(times.nothing), median(times.import)]
  const beside = `${(imported * 1000).toFixed(0)} ms, node -e 0: ${(nothing * 1000).toFixed(0)} ms`
  return atMost(`import of ${name}, in times of node -e 0`, imported / nothing, 4, beside)
}

/** README's first program, as it stands. */
async function firstProgram(folder: string): Promise<Figure> {
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
  writeFileSync(join(folder, 'program.mjs'), code)
  let said = ''
  const seconds = await secondsOf(async () => (said = await ended(process.execPath, ['program.mjs'], folder)))
  const what = "README's first program, in that folder"
  return { what, measured: `${seconds.toFixed(1)} s`, target: 'answers', reached: /delivery[^]*payment/.test(said) }
}

/** What a program says that ends well. */
async function ended(command: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, HEADSTART_CACHE: join(cwd, 'cache') }
  // On Windows npm and pnpm are scripts of a shell.
  const shell = process.platform === 'win32' && command !== process.execPath
  return (await promisify(execFile)(command, args, { cwd, env, shell, maxBuffer: 2 ** 28 })).stdout
}

function megabytes(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const sizes = names.map((name) => statSync(join(folder, name))).map((entry) => (entry.isFile() ? entry.size : 0))
  return sizes.reduce((sum, size) => sum + size, 0) / 1e6
}
