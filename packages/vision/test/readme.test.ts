import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'
import { noise, writeFiles } from './pictures.js'

describe('the example in the README', () => {
  let examples: ReadmeExamples

  beforeAll(async () => {
    examples = await readmeExamples(new URL('../', import.meta.url), ['example', 'trust'])
    const pictures = (label: string, brightness: number) =>
      Array.from({ length: 15 }, (_, place) => [
        `pets/${label}/${place}.jpg`,
        noise(place, { brightness, width: 300, height: 250 }),
      ])
    await writeFiles(examples.folder, Object.fromEntries([...pictures('cat', 0.2), ...pictures('dog', 0.8)]))
    await writeFiles(examples.folder, { 'pets/dog/notes.txt': 'Not a dog.' })
  })
  afterAll(() => examples.remove())

  it('compiles', () => {
    expect(examples.compile()).toEqual({ stdout: '', stderr: '', status: 0 })
  })

  it('says what to look at, why, and what it does not know', async () => {
    const { stdout, stderr, status } = examples.run('trust')
    expect(stderr).toMatch(/^pets: 1 file ignored/)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^30 examples/)
    expect(stdout).toMatch(/^activation map \{/m)
    expect(stdout).toMatch(/^(true|false) dog$/m)
    expect(await sharp(join(examples.folder, 'why.png')).metadata()).toMatchObject({
      format: 'png',
      width: 300,
      height: 250,
    })
  })

  it('prints figures, an answer and a comparison, and says what is no picture', () => {
    const { stdout, stderr, status } = examples.run('example')
    expect(stderr).toBe('pets: 1 file ignored that is no picture by the ending: 1 .txt.\n')
    expect(status).toBe(0)
    expect(stdout).toMatch(/accuracy +1\.0/)
    expect(stdout).toMatch(/label: 'cat'/)
    expect(stdout).toMatch(/8 per class +frozen +1\.0/)
  })
})
