import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'

describe('the examples in the README', () => {
  let examples: ReadmeExamples
  beforeAll(async () => {
    // One program: each goes on where the one before ends.
    examples = await readmeExamples(new URL('../', import.meta.url), ['example', 'example', 'example'])
  })
  afterAll(() => examples.remove())

  it('compiles', () => {
    expect(examples.compile()).toEqual({ stdout: '', stderr: '', status: 0 })
  })

  it('prints what it says', () => {
    const { stdout, stderr, status } = examples.run('example')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const [first, second, foreign, french, weights, ...why] = stdout.trim().split('\n')
    expect(examples.readme).toContain(`It prints \`${first}\` and \`${second}\`.`)
    expect(examples.readme).toContain(`It prints \`${foreign}\` and \`${french}\`.`)
    expect(examples.readme).toContain(`It prints \`${weights}\` first`)
    expect(why.slice(0, 2)).toEqual(['"Who hat the Haus gebaut?"', 'English, because of (omission):'])
  })
})
