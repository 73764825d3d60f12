import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'

describe('README', () => {
  let examples: ReadmeExamples
  beforeAll(async () => {
    examples = await readmeExamples(new URL('../', import.meta.url), ['program'])
  })
  afterAll(() => examples.remove())

  it('compiles, and prints what it says', () => {
    expect(examples.compile()).toMatchObject({ stdout: '', status: 0 })
    const { stdout, stderr, status } = examples.run('program')
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    expect(examples.readme).toContain(`\`\`\`text\n${stdout}\`\`\``)
  })
})
