import { mkdir, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readImageDataset } from '../src/index.js'
import { noise, writeFiles } from './pictures.js'
import { temporaryFolder } from './temporary-folder.js'

const page = readFileSync(new URL('../../../docs/data.md', import.meta.url), 'utf8')
const pictures = /^## Pictures\n(.*?)^## /ms.exec(page)?.[1] ?? ''
const [tree = '', table = ''] = [...pictures.matchAll(/^```\w+\n(.*?)^```/gms)].map(([, block]) => block)
const [ofTree = '', hint = '', ofTable = ''] = [...pictures.matchAll(/^> (.*)$/gm)].map(([, said]) => said)

describe('docs/data.md of pictures', () => {
  it('says what is said of folders of a split, and of one too high', async () => {
    const folder = join(await temporaryFolder(), 'data')
    await mkdir(folder)
    const paths = tree.split(/\s+/).filter(Boolean)
    expect(paths).toHaveLength(6)
    await writeFiles(folder, Object.fromEntries(paths.map((path, seed) => [path, noise(seed)])))
    const said: string[] = []
    const onNotice = (message: string): void => void said.push(message.replaceAll('\\', '/'))
    await readImageDataset(join(folder, 'pets'), { onNotice })
    await readImageDataset(folder, { onNotice })
    expect(said.join('\n')).toContain(ofTree)
    // The path is the one that was given.
    expect(said.join('\n').replaceAll(folder.replaceAll('\\', '/'), 'data')).toContain(hint)
  })

  it('says what is said of a table', async () => {
    const folder = await temporaryFolder()
    const scans = [...table.matchAll(/^(scans\\\d\.png)/gm)].map(([, path = ''], seed) => [
      path.replace('\\', '/'),
      noise(seed),
    ])
    expect(scans).toHaveLength(2)
    await writeFiles(folder, Object.fromEntries(scans))
    await writeFile(join(folder, 'table.csv'), table)
    const said: string[] = []
    const onNotice = (message: string): void => void said.push(message)
    const data = await readImageDataset(join(folder, 'table.csv'), { groupColumn: 'patient', onNotice })
    expect(data.examples.map(({ group }) => group)).toEqual(['p1', 'p1'])
    expect(said.join('\n').replace(/\s+/g, ' ')).toContain(ofTable)
  })
})
