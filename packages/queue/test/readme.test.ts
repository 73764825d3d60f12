import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'

describe('the example in the README', () => {
  let examples: ReadmeExamples

  beforeAll(async () => {
    examples = await readmeExamples(new URL('../', import.meta.url), ['example'])
    const rows = Array.from({ length: 50 }, (_, number) => `"Table ${number}, please."\n`)
    await writeFile(join(examples.folder, 'reviews.csv'), `text\n${rows.join('')}`)
  })
  afterAll(() => examples.remove())

  it('compiles and prints what was done', () => {
    expect(examples.compile()).toEqual({ stdout: '', stderr: '', status: 0 })
    expect(examples.run('example')).toEqual({ stdout: '50 3\nembed function\n', stderr: '', status: 0 })
  })
})
