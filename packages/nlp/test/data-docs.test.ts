import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readTextDataset } from '../src/index.js'
import { textFile } from './text-file.js'

const page = readFileSync(new URL('../../../docs/data.md', import.meta.url), 'utf8')
const texts = /^## Texts\n(.*?)^## /ms.exec(page)?.[1] ?? ''
const examples = [...texts.matchAll(/^```\w+ (\S+)\n(.*?)^```\n\n> ([^\n]*)\n/gms)].map(
  ([, file = '', rows = '', said = '']) => ({ file, rows, said }),
)

describe('docs/data.md of texts', () => {
  it('has examples, each of which says what is said', () => {
    expect(examples.length).toBeGreaterThan(6)
    expect(examples).toHaveLength(texts.match(/^```\w+ /gm)?.length ?? 0)
  })

  it.each(examples)('says what is said of $file: $said', async ({ file, rows, said }) => {
    const notices: string[] = []
    const data = await readTextDataset(await textFile(file, rows), { onNotice: (message) => notices.push(message) })
    expect(data.labels.length).toBeGreaterThan(1)
    expect(notices.join('\n')).toContain(said)
  })
})
