/**
 * Makes data/ from the package.json files that an install of this repository brings along: those of the packages in
 * node_modules, and those of npm itself, which did the installing. The same versions give the same bytes.
 */
import { execFileSync } from 'node:child_process'
import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dependenciesOf, type PackageJson } from '../src/package-json.js'

/** A list of one says nothing of what goes together. */
const fewest = 2
/** A few descriptions are whole pages. */
const longestText = 200

type Published = PackageJson & { readonly name: string; readonly version: string }

const root = fileURLToPath(new URL('../../..', import.meta.url))
const store = join(root, 'node_modules/.pnpm')
const npm = realpathSync(
  join(
    execFileSync('npm', ['root', '--global'], { encoding: 'utf8', shell: process.platform === 'win32' }).trim(),
    'npm',
  ),
)
const found = [
  ...folders(store).flatMap(({ name }) => packagesIn(join(store, name, 'node_modules'))),
  ...packageAt(npm),
]

// Of several versions of a package the latest counts.
const packages = new Map<string, Published>()
for (const one of found) {
  const other = packages.get(one.name)
  if (!other || other.version.localeCompare(one.version, 'en', { numeric: true }) < 0) packages.set(one.name, one)
}

const baskets = [...packages.values()]
  .map((one) => ({ user: one.name, items: dependenciesOf(one).toSorted() }))
  .filter(({ items }) => items.length >= fewest)
  .toSorted((a, b) => (a.user < b.user ? -1 : 1))
const names = [...new Set(baskets.flatMap(({ items }) => items))].toSorted()

write('interactions.csv', [
  ['user', 'item'],
  ...baskets.flatMap(({ user, items }) => items.map((item) => [user, item])),
])
write('items.csv', [
  ['item', 'title', 'description', 'keywords'],
  ...names.map((name) => [name, name, ...textsOf(packages.get(name))]),
])
console.log(
  `${baskets.length} packages list ${names.length} packages, ${baskets.reduce((sum, { items }) => sum + items.length, 0)} times in all.`,
)

/** Folders themselves: what is linked is found at its own place. */
function folders(folder: string): Dirent[] {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : []
}

/** The packages in a folder node_modules, and those that they hold in turn. */
function packagesIn(nodeModules: string): Published[] {
  return folders(nodeModules).flatMap(({ name }) =>
    name.startsWith('@') ? packagesIn(join(nodeModules, name)) : packageAt(join(nodeModules, name)),
  )
}

function packageAt(folder: string): Published[] {
  const path = join(folder, 'package.json')
  const held = packagesIn(join(folder, 'node_modules'))
  if (!existsSync(path)) return held
  const { name, version, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as PackageJson
  return typeof name === 'string' && typeof version === 'string' ? [{ name, version, ...rest }, ...held] : held
}

/** Description and keywords, where the package itself is among those that are installed. */
function textsOf({ description, keywords }: PackageJson = {}): [description: string, keywords: string] {
  const text = (value: unknown): string =>
    typeof value === 'string' ? value.replace(/\s+/g, ' ').trim().slice(0, longestText) : ''
  return [text(description), text(Array.isArray(keywords) ? keywords.join(' ') : keywords)]
}

/** As RFC 4180 has it. */
function write(file: string, rows: readonly (readonly string[])[]): void {
  const cell = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  const lines = rows.map((row) => `${row.map(cell).join(',')}\n`)
  writeFileSync(fileURLToPath(new URL(`../data/${file}`, import.meta.url)), lines.join(''))
}
