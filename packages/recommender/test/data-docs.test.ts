import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readShop } from '../src/index.js'
import { folderOf } from './temporary-folder.js'

const page = readFileSync(new URL('../../../docs/data.md', import.meta.url), 'utf8')
const shops = /^## Shops\n(.*?)(?=^## |(?![^]))/ms.exec(page)?.[1] ?? ''
const examples = [...shops.matchAll(/^```csv (\S+)\n(.*?)^```\n(?:\n> ([^\n]*)\n)?/gms)].map(
  ([, file = '', rows = '', said]) => ({ file, rows, said }),
)

describe('docs/data.md of shops', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(4)
  })

  it.each(examples)('says what is said of $file: $said', async ({ file, rows, said }) => {
    const others: Record<string, string> = file.startsWith('items') ? { 'interactions.csv': 'user,item\nu,a\n' } : {}
    const notices: string[] = []
    const { catalog } = await readShop(await folderOf({ [file]: rows, ...others }), {
      onNotice: (message) => notices.push(message),
    })
    expect(catalog.size).toBeGreaterThan(0)
    if (said !== undefined) expect(notices.join('\n')).toContain(said)
  })
})
