import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { random } from '@headstart/core/kit'

/** A shop of 60 users and 40 items, made up. */
export async function writeShop(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  const { below } = random(5)
  const rows = Array.from({ length: 60 }, (_, user) =>
    Array.from(
      { length: 8 },
      (__, step) => `u${user},i${(user % 3) * 10 + below(12)},${1_600_000_000 + 1000 * step + user}`,
    ),
  ).flat()
  await writeFile(join(path, 'interactions.csv'), ['user,item,timestamp', ...rows, ''].join('\n'))
  const items = Array.from({ length: 40 }, (_, item) => `i${item},thing ${item} of kind ${item % 5}`)
  await writeFile(join(path, 'items.csv'), ['item,title', ...items, ''].join('\n'))
}
