/**
 * A shop of dependencies from Debian's list of packages, whose order says nothing: who takes is a source package, taken is what its
 * programs depend on, each with its one-line description.
 *
 *     /usr/lib/apt/apt-helper cat-file /var/lib/apt/lists/*_bookworm_main_binary-amd64_Packages* | npx tsx src/dependency-shop.ts FOLDER
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { random } from '@headstart/core/kit'

/** Packages of a source, and what all of them depend on. */
const [baskets, descriptions, sources] = [
  new Map<string, Set<string>>(),
  new Map<string, string>(),
  new Map<string, string>(),
]
/** Baskets of fewer things tell nothing; more of them are not asked for. */
const [least, mostBaskets] = [5, 5000]

let fields: Record<string, string> = {}
for await (const line of createInterface({ input: process.stdin })) {
  const [, name = '', value = ''] = /^([A-Z][\w-]*): (.*)$/.exec(line) ?? []
  if (name !== '') fields[name] = value
  if (line !== '') continue
  take(fields)
  fields = {}
}

function take({
  Package: name,
  Source: source = name,
  Description: description,
  Depends: depends = '',
}: typeof fields) {
  if (!name || !source || !description) return
  const [of = name] = source.split(' ')
  descriptions.set(name, description)
  sources.set(name, of)
  const basket = baskets.get(of) ?? new Set()
  baskets.set(of, basket)
  // Of alternatives the first; without versions and architectures.
  for (const one of depends.split(',')) basket.add((/^\s*([^\s:|(]+)/.exec(one) ?? [])[1] ?? '')
}

const { shuffle } = random(0)
const chosen = shuffle(
  [...baskets].flatMap(([of, all]) => {
    const others = [...all].filter((name) => descriptions.has(name) && sources.get(name) !== of)
    return others.length >= least ? [{ of, taken: shuffle(others) }] : []
  }),
).slice(0, mostBaskets)
const items = [...new Set(chosen.flatMap(({ taken }) => taken))]
const [folder = 'debian-dependencies'] = process.argv.slice(2)
await mkdir(folder, { recursive: true })
const quoted = (text = ''): string => `"${text.replaceAll('"', '""')}"`
const rows = chosen.flatMap(({ of, taken }) => taken.map((name, place) => `${of},${name},,${place}\n`))
await writeFile(join(folder, 'interactions.csv'), `user,item,rating,timestamp\n${rows.join('')}`)
const lines = items.map((name) => `${name},${quoted(descriptions.get(name))},\n`)
await writeFile(join(folder, 'items.csv'), `item,title,description\n${lines.join('')}`)
console.log(`${chosen.length} baskets, ${rows.length} dependencies on ${items.length} packages`)
