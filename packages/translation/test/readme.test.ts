import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'
import { writeTranslator } from '../src/test/tiny-translator.js'

describe('the examples in the README', () => {
  let examples: ReadmeExamples

  beforeAll(async () => {
    examples = await readmeExamples(new URL('../', import.meta.url), ['example', 'translate'])
    // In the place of what is published.
    await writeTranslator(join(examples.folder, 'Xenova/opus-mt-en-de'))
    const words = ['file datei', 'page seite', 'menu menü', 'view ansicht'].map((pair) => pair.split(' '))
    const rows = words.flatMap(([a, one]) => words.map(([b, other]) => `the ${a} ${b}\tdie ${one} ${other}\n`))
    await writeFile(join(examples.folder, 'pairs.tsv'), `source\ttarget\n${rows.join('')}`)
  })
  afterAll(() => examples.remove())

  it('compiles, adapts a translator and saves it', () => {
    expect(examples.compile()).toEqual({ stdout: '', stderr: '', status: 0 })
    const { stdout, status } = examples.run('example')
    expect(status).toBe(0)
    expect(stdout).toContain('opus-mt-en-de, adapted to 14 pairs: the decoder')
  })

  it('translates, with placeholders and a glossary', () => {
    const { stdout, stderr, status } = examples.run('translate')
    expect([stderr, status]).toEqual(['', 0])
    expect(stdout).toMatch(/^.*\{file\}.* \[\]\n\{n, plural, one \{.*seite.*\} other \{.*\}\} \[\]\n$/)
  })
})
