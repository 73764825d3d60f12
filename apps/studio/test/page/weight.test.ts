import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const built = fileURLToPath(new URL('../../dist/page/', import.meta.url))

it('is at most 120 KB of compressed script at the start, and with all that comes later', async () => {
  const html = await readFile(join(built, 'index.html'), 'utf8')
  const sizeOf = async (name: string): Promise<number> => gzipSync(await readFile(join(built, name))).length
  const atStart = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name as string)
  expect(atStart.length).toBeGreaterThan(0)
  const scripts = (await readdir(join(built, 'assets'))).filter((name) => name.endsWith('.js'))
  const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0)
  expect(total(await Promise.all(atStart.map(sizeOf)))).toBeLessThan(120 * 1024)
  expect(total(await Promise.all(scripts.map((name) => sizeOf(`assets/${name}`))))).toBeLessThan(120 * 1024)
})
