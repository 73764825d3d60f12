import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@headstart/core/kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disks } from '../src/disks.js'
import { readers } from '../src/readers.js'
import { mutated } from '../src/mutate.js'
import { kills } from '../src/kills.js'
import { writers } from '../src/writers.js'
import type { Extent } from '../src/table.js'

let extent: Extent
beforeAll(async () => {
  extent = { seed: 1, share: 0.02, folder: await mkdtemp(join(tmpdir(), 'headstart-campaign-')) }
})
afterAll(() => rm(extent.folder, { recursive: true, force: true }))

describe('a short campaign', () => {
  it('kills a tuning, which goes on and ends with the same bytes', async () => {
    const [row] = (await kills['kills-tuning']?.(extent)) ?? []
    expect(row?.wrong).toEqual([])
    expect(row?.done).toBeGreaterThanOrEqual(2)
  })

  it('has four processes save to one folder, from which two load', async () => {
    const [row] = await writers(extent)
    expect(row?.wrong).toEqual([])
  })

  it('saves on a full disk', async () => {
    const [row] = await disks({ ...extent, share: 0.05 })
    expect(row?.wrong).toEqual([])
  })

  it.each(readers.map(({ name }) => name))('damages what is read: %s', async (name) => {
    const reader = readers.find((one) => one.name === name)
    const place = await mkdtemp(join(extent.folder, 'fuzz-'))
    const read = await reader?.begin(place)
    for (let input = 0; input < 3; input++) {
      const error: unknown = await read?.(random(9_000_000 + input)).then(
        () => undefined,
        (cause: unknown) => cause,
      )
      const { fault } = (error ?? { fault: 'input' }) as { readonly fault?: unknown }
      expect(['input', 'environment']).toContain(fault)
    }
  })
})

it('each thing that docs/security.md says has tests behind it, which are there', async () => {
  const root = new URL('../../../', import.meta.url)
  const text = await readFile(new URL('docs/security.md', root), 'utf8')
  const [, said = ''] = /\n## A saved model\n([^]*?)\n## Limits\n/.exec(text) ?? []
  const paragraphs = said.split('\n\n').filter((one) => !one.startsWith('## '))
  expect(paragraphs.length).toBeGreaterThan(30)
  for (const paragraph of paragraphs) {
    const paths = [...paragraph.matchAll(/`((?:packages|scripts|apps)\/[^`\s]+\.ts)`/g)].map(
      ([, path]) => path as string,
    )
    expect(paths, paragraph).not.toEqual([])
    for (const path of paths)
      expect(await readFile(new URL(path, root), 'utf8').catch(() => ''), path).toMatch(/\bit[.(]/)
  }
})

it('one number gives one damaged input', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, place) => place)
  const inputs = [1, 1, 2].map((seed) => Buffer.from(mutated(bytes, random(seed))).toString('hex'))
  expect(inputs[0]).toBe(inputs[1])
  expect(new Set([...inputs, Buffer.from(bytes).toString('hex')]).size).toBe(3)
})
